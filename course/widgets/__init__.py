"""What a learner sees. A widget knows the nouns and the examiner it was given, nothing else."""

from course.widgets.activity import ActivityWidget
from course.widgets.plain import ProgressWidget, WelcomeWidget

__all__ = ["ActivityWidget", "ProgressWidget", "WelcomeWidget"]
