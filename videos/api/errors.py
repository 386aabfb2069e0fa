"""API errors for uploads that are refused or fail."""

from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.object_storage import RETRY_SECONDS, StoreAway
from videos.intake.errors import IntakeError, StoreUnavailable, UploadRefused


class IntakeProblem(APIException):
    """The API error for an IntakeError. A refused file (422) is reported as `file`, everything else as `detail`."""

    def __init__(self, error: IntakeError) -> None:
        is_about_the_file = isinstance(error, UploadRefused) and error.status_code == 422
        super().__init__({"file": [str(error)]} if is_about_the_file else {"detail": str(error)})
        self.status_code = error.status_code
        if isinstance(error, StoreUnavailable):
            self.wait = RETRY_SECONDS  # the framework sends it as Retry-After


class IntakeErrorsMixin(APIView):
    """A view mixin that responds to an IntakeError with the exception's status and sentence."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, StoreAway):
            exc = StoreUnavailable()
        if isinstance(exc, IntakeError):
            problem = IntakeProblem(exc)
            problem.__cause__ = exc
            return super().handle_exception(problem)
        return super().handle_exception(exc)
