"""Addresses of people, seats, leave and teams."""

from django.urls import URLPattern, path

from quarterdeck.faces.web.views import people

urlpatterns: list[URLPattern] = [
    path("people", people.people, name="people"),
    path("people/new", people.person_new, name="person-new"),
    path("people/<int:person_id>", people.person, name="person"),
    path("people/<int:person_id>/change", people.person_change, name="person-change"),
    path("people/<int:person_id>/login", people.login_set, name="login-set"),
    path("people/<int:person_id>/seats", people.seat_take, name="seat-take"),
    path("people/<int:person_id>/seats/leave", people.seat_leave, name="seat-leave"),
    path("people/<int:person_id>/leave", people.leave_add, name="leave-add"),
    path("people/<int:person_id>/leave/<int:leave_id>/withdraw", people.leave_withdraw, name="leave-withdraw"),
    path("people/<int:person_id>/invite", people.invite, name="invite"),
    path(
        "people/<int:person_id>/invitations/<int:invitation_id>/revoke",
        people.invitation_revoke,
        name="invitation-revoke",
    ),
    path("teams/new", people.team_new, name="team-new"),
    path("teams/<int:team_id>/rename", people.team_rename, name="team-rename"),
    path("teams/<int:team_id>/move", people.team_move, name="team-move"),
    path("teams/<int:team_id>/positions", people.position_new, name="position-new"),
]
