"""The ASGI application, which granian serves. It reads bodies before a thread works on a request."""

from feedsite.serving.body_policies import guard
from feedsite.wsgi import application as wsgi_application

application = guard(wsgi_application)
