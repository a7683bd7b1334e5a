from itertools import product

import numpy as np
import pandas as pd
import pytest

from bench.analysis.published_tables import compare_tables
from bench.tables import Evidence
from tests.bench.tables.evidence import evidence_of, score_rows
