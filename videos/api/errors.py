"""API responses for intake errors."""

from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import APIView

from videos.intake.errors import IntakeError, UploadRefused


class IntakeProblem(APIException):
    """An intake error as an API error. Status 422 reports it under the field `file`, any other status as `detail`."""

    def __init__(self, error: IntakeError) -> None:
        is_about_the_file = isinstance(error, UploadRefused) and error.status_code == 422
        super().__init__({"file": [str(error)]} if is_about_the_file else {"detail": str(error)})
        self.status_code = error.status_code


class IntakeErrorsMixin(APIView):
    """A view mixin that turns each intake error into a response with the error's status and sentence."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, IntakeError):
            problem = IntakeProblem(exc)
            problem.__cause__ = exc
            return super().handle_exception(problem)
        return super().handle_exception(exc)
