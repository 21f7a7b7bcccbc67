"""Welfare: people spend what they are entitled to in shops, which an agency pays."""
