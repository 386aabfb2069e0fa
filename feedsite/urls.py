"""Routes of the site: the routes of all apps, the admin and personal data.

Pages for operators are in feedsite/monitoring/pages.py.
"""

from allauth.account.decorators import reauthentication_required
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.contrib.sitemaps.views import index as show_sitemap_index
from django.contrib.sitemaps.views import sitemap as show_sitemap
from django.urls import URLPattern, URLResolver, include, path
from django.utils.functional import lazy

from catalog.site import site_name
from feedsite.account_erasure import delete_account_page
from feedsite.collection_pages import (
    choose_collections,
    collection_page,
    collections_page,
    shared_collection_page,
)
from feedsite.error_pages import show_too_large
from feedsite.personal_data import download_data
from feedsite.profile_pages import (
    blocked_people_page,
    change_profile_relation,
    followers_page,
    following_of_page,
    likes_page,
)
from feedsite.shared_posts import show_post
from feedsite.site_files import show_favicon, show_robots
from feedsite.sitemaps import SITEMAPS
from feedsite.suspension_pages import lift_page, suspend_page
from feedsite.viewer_lists import change_list, followed_page, following_page, less_page, list_page
from shop.brand_page import show_brand
from shop.product_page import show_product
from shop.seller_page import show_seller
from social.notices.views import notice_page

admin.site.site_header = admin.site.site_title = lazy(site_name, str)()

handler400 = "feedsite.error_pages.show_bad_request"
handler403 = "feedsite.error_pages.show_forbidden"
handler404 = "feedsite.error_pages.show_not_found"
handler500 = "feedsite.error_pages.show_server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("feedsite.api_urls")),  # first, because most requests are for the API
    path("too-large/", show_too_large),
    path("robots.txt", show_robots),
    path("favicon.ico", show_favicon),
    path(
        "sitemap.xml", show_sitemap_index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap-section"}, name="sitemap"
    ),
    path("sitemap-<slug:section>.xml", show_sitemap, {"sitemaps": SITEMAPS}, name="sitemap-section"),
    path("admin/creators/creator/<int:pk>/suspend/", admin.site.admin_view(suspend_page), name="suspend-creator"),
    path("admin/creators/creator/<int:pk>/lift/", admin.site.admin_view(lift_page), name="lift-suspension"),
    path("admin/", admin.site.urls),
    path("accounts/data/", login_required(reauthentication_required(download_data)), name="my-data"),
    path("accounts/leave/", login_required(reauthentication_required(delete_account_page)), name="leave"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("legal/notice/", notice_page, name="notice"),  # before the legal pages, which have any other name
    path("", include("catalog.urls")),
    path("", include("creators.urls")),
    path("", include("videos.urls")),
    path("", include("shop.urls")),
    path("", include("social.urls")),
    path("", include("social.sponsorships.urls")),
    path("", include("feed.urls")),
    path("", include("payouts.urls")),
    path("c/<slug:code>/", show_post, name="clip"),
    path("", include("programme.urls")),
    path("saved/", list_page, {"kind": "saved"}, name="saved"),
    path("saved/liked/", list_page, {"kind": "liked"}, name="liked"),
    path("saved/watched/", list_page, {"kind": "watched"}, name="watched"),
    path("saved/less/", less_page, name="less-of"),
    path("saved/collections/", collections_page, name="collections"),
    path("saved/collections/choose/<slug:code>/", choose_collections, name="choose-collections"),
    path("saved/collections/<slug:code>/", collection_page, name="collection"),
    path("collections/<slug:share_code>/", shared_collection_page, name="shared-collection"),
    path("saved/change/", change_list, name="change-list"),
    path("following/", following_page, name="following"),
    path("following/people/", followed_page, name="followed-people"),
    path("accounts/blocked/", blocked_people_page, name="blocked-people"),
    path("@<str:handle>/followers/", followers_page, name="followers"),
    path("@<str:handle>/following/", following_of_page, name="following-of"),
    path("@<str:handle>/likes/", likes_page, name="likes-of"),
    path("@<str:handle>/change/", change_profile_relation, name="change-relation"),
    path("p/<slug:slug>/", show_product, name="product"),
    path("brands/<slug:slug>/", show_brand, name="brand"),
    path("sellers/<slug:slug>/", show_seller, name="seller"),
]
