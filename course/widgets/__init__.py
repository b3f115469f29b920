"""What a learner sees. A widget knows the nouns and the examiner it was given, nothing else."""

from course.widgets.activities import ActivitiesWidget
from course.widgets.line import LineWidget
from course.widgets.plain import AcknowledgeWidget, CertificateWidget, PhrasesWidget, ProgressWidget, WelcomeWidget
from course.widgets.sitting import CheckWords, SittingWidget
from course.widgets.story import StoryWidget

__all__ = [
    "AcknowledgeWidget",
    "ActivitiesWidget",
    "CertificateWidget",
    "CheckWords",
    "LineWidget",
    "PhrasesWidget",
    "ProgressWidget",
    "SittingWidget",
    "StoryWidget",
    "WelcomeWidget",
]
