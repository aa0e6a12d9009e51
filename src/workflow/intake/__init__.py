"""Files become evidence: read exactly, validated, each event once, nothing lost; the rest stands in quarantine."""

from workflow.intake.evidence import Evidence, evidence_of
from workflow.intake.lines import lines_of
from workflow.intake.moment import Moment
from workflow.intake.taken import ControlTotal, Counts, Days, FileTaken, Intake, Refused
from workflow.intake.taking import take_in

__all__ = [
    "ControlTotal",
    "Counts",
    "Days",
    "Evidence",
    "FileTaken",
    "Intake",
    "Moment",
    "Refused",
    "evidence_of",
    "lines_of",
    "take_in",
]
