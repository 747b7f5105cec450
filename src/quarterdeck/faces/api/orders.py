"""Bookings, payments and returns up to a day."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router

from quarterdeck.faces.api.answers import answer, paged, pages_of
from quarterdeck.faces.api.asked import AsOf, Days, Id, Text, only
from quarterdeck.faces.api.auth import reads
from quarterdeck.services import orders_list as services
from quarterdeck.services.deals import BookingRow
from quarterdeck.services.listing import Page

router = Router(tags=["Orders"])

Booking = answer("Booking", BookingRow, *services.BOOKINGS.columns)
Payment = answer("Payment", services.PaymentRow, *services.PAYMENTS.columns)
Return = answer("Return", services.ReturnRow, *services.RETURNS.columns)


class WantedBookings(Days):
    """Which bookings."""

    person_id: Id | None = Field(None, description="Counting for this person.")
    account_id: Id | None = Field(None, description="Bought by this account.")
    product_id: Id | None = Field(None, description="Of this product.")
    opportunity_id: Id | None = Field(None, description="From this deal.")
    booking: Text = Field("", description="With this code.")


class Following(Days):
    """What followed which bookings."""

    booking: Text = Field("", description="Of the booking with this code.")
    person_id: Id | None = Field(None, description="Of bookings that count for this person.")
    account_id: Id | None = Field(None, description="Of bookings of this account.")
    product_id: Id | None = Field(None, description="Of bookings of this product.")


def _where(wanted: Days) -> services.OrderFilter:
    return services.OrderFilter(**wanted.dict(exclude={"as_of", "after", "size"}))


@router.get("/bookings", response=pages_of(Booking), summary="Bookings")
def list_bookings(request: HttpRequest, wanted: Query[WantedBookings]) -> dict[str, Any]:
    """Bookings up to the day that count for people whom you see."""
    actor = reads(request)
    return paged(services.bookings(actor, as_of=wanted.day(actor), where=_where(wanted), page=wanted.page))


@router.get("/bookings/{booking_id}", response=Booking, summary="One booking")
def get_booking(request: HttpRequest, booking_id: Id, wanted: Query[AsOf]) -> Any:  # noqa: ANN401  a row
    """A booking."""
    actor = reads(request)
    where = services.OrderFilter(pk=booking_id)
    return only(services.bookings(actor, as_of=wanted.day(actor), where=where, page=Page(after="0")), "booking")


@router.get("/payments", response=pages_of(Payment), summary="Payments")
def list_payments(request: HttpRequest, wanted: Query[Following]) -> dict[str, Any]:
    """Payments up to the day, for bookings that you see."""
    actor = reads(request)
    return paged(services.payments(actor, as_of=wanted.day(actor), where=_where(wanted), page=wanted.page))


@router.get("/payments/{payment_id}", response=Payment, summary="One payment")
def get_payment(request: HttpRequest, payment_id: Id, wanted: Query[AsOf]) -> Any:  # noqa: ANN401  a row
    """A payment."""
    actor = reads(request)
    where = services.OrderFilter(pk=payment_id)
    return only(services.payments(actor, as_of=wanted.day(actor), where=where, page=Page(after="0")), "payment")


@router.get("/returns", response=pages_of(Return), summary="Returns")
def list_returns(request: HttpRequest, wanted: Query[Following]) -> dict[str, Any]:
    """Returns up to the day, of bookings that you see."""
    actor = reads(request)
    return paged(services.returns(actor, as_of=wanted.day(actor), where=_where(wanted), page=wanted.page))


@router.get("/returns/{return_id}", response=Return, summary="One return")
def get_return(request: HttpRequest, return_id: Id, wanted: Query[AsOf]) -> Any:  # noqa: ANN401  a row
    """A return."""
    actor = reads(request)
    where = services.OrderFilter(pk=return_id)
    return only(services.returns(actor, as_of=wanted.day(actor), where=where, page=Page(after="0")), "return")
