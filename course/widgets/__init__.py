"""What a learner sees. A widget knows the nouns and the examiner it was given, nothing else."""

from course.widgets.activities import ActivitiesWidget
from course.widgets.plain import ProgressWidget, WelcomeWidget

__all__ = ["ActivitiesWidget", "ProgressWidget", "WelcomeWidget"]
