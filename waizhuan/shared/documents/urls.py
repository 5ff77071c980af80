from django.urls import URLPattern, URLResolver, path

from waizhuan.shared.documents import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:id>/", screens.view, name="documents.view"),
    path("<int:id>/pages/<int:page>.jpg", screens.preview, name="documents.preview"),
    path("<int:id>/thumbnail.jpg", screens.thumbnail, name="documents.thumbnail"),
    path("<int:id>/original", screens.original, name="documents.original"),
]
