"""The registry of applications: blocks of signed calls to real contracts. What they share decides what can run at once.

`APPLICATIONS` lists them by name. Each is a function of the number of transactions, the number of users and a seed, and
gives the same block, bit by bit, everywhere. A folder holds one application: the Vyper sources, each beside what the
compiler made of it, and `workload.py`, which plans blocks and lists the variants. Some come in two that differ in one
global variable. A source begins with the real system it models, what it leaves out, its storage and its hot locations.
"""

from __future__ import annotations

from toyevm.workloads.applications import mixed
from toyevm.workloads.applications.amm import workload as amm
from toyevm.workloads.applications.base import Application
from toyevm.workloads.applications.election import workload as election
from toyevm.workloads.applications.erc20 import workload as erc20
from toyevm.workloads.applications.land_registry import workload as land_registry
from toyevm.workloads.applications.nft_market import workload as nft_market
from toyevm.workloads.applications.payments import workload as payments
from toyevm.workloads.applications.remittance import workload as remittance
from toyevm.workloads.applications.security_token import workload as security_token
from toyevm.workloads.applications.title import workload as title
from toyevm.workloads.applications.token_sale import workload as token_sale

MODULES = (
    erc20,
    amm,
    nft_market,
    election,
    land_registry,
    payments,
    mixed,
    security_token,
    token_sale,
    remittance,
    title,
)
APPLICATIONS: dict[str, Application] = {one.name: one for module in MODULES for one in module.APPLICATIONS}
