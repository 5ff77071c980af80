from django.urls import URLPattern, URLResolver, path

from waizhuan.projects.review import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:id>/", screens.case, name="review.case"),
    path("<int:id>/done/", screens.done, name="review.done"),
    path("<int:id>/letter.pdf", screens.letter, name="review.letter"),
]
