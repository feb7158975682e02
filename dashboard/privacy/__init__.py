"""Privacy: policies, suppression at publish, and the gate that makes `Released`."""

from dashboard.privacy.panels import panel
from dashboard.privacy.policy import Policy
from dashboard.privacy.release import Provenance, Released, release

__all__ = ["Policy", "Provenance", "Released", "panel", "release"]
