"""Blocks to run: real ones, and generated ones: payments, and applications with contracts of their own."""
