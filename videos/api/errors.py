"""API errors that REST framework has no class for, and the answer to everything that intake refuses."""

from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import APIView

from videos.intake.errors import IntakeError, UploadRefused


class IntakeProblem(APIException):
    """An error of intake as an API answer: 422 names the field `file`, all others have a `detail`."""

    def __init__(self, error: IntakeError) -> None:
        is_about_the_file = isinstance(error, UploadRefused) and error.status_code == 422
        super().__init__({"file": [str(error)]} if is_about_the_file else {"detail": str(error)})
        self.status_code = error.status_code


class IntakeErrorsMixin(APIView):
    """Answers every error of intake with its own status and sentence."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, IntakeError):
            problem = IntakeProblem(exc)
            problem.__cause__ = exc
            return super().handle_exception(problem)
        return super().handle_exception(exc)
