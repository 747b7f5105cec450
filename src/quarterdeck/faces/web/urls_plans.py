"""Addresses of goals and targets."""

from django.urls import URLPattern, path

from quarterdeck.faces.web.views import goals, targets

urlpatterns: list[URLPattern] = [
    path("goals", goals.goals, name="goals"),
    path("goals/new", goals.goal_new, name="goal-new"),
    path("goals/<int:goal_id>", goals.goal, name="goal"),
    path("targets", targets.targets, name="targets"),
    path("targets/<str:holder>", targets.target, name="target"),
]
