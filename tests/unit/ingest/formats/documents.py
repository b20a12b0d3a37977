"""One story of our own in every format, as a publisher of that format would write it."""

import json
from collections.abc import Mapping

TITLE = "Lighthouse keeper hands over the lamp"
SUMMARY = "After forty winters the keeper of Cape Sol goes home."
FIRST = (
    "The keeper of Cape Sol handed over the lamp on Friday, after forty winters in which he saw "
    "three ships run aground and none of them lost."
)
SECOND = (
    "His successor is a machine, which the harbour office of Port Merel watches from the mainland, "
    "and a committee that is to meet twice a year."
)
BODY_HTML = f"<p>{FIRST}</p><p>{SECOND}</p>"
URL = "https://harbour-press.example/lighthouse"
GUID = "https://harbour-press.example/?p=17"
IMAGE = "https://harbour-press.example/lamp.jpg"
VIDEO = "https://www.youtube.com/watch?v=lamp"

NINJS = {
    "uri": "urn:harbour-press:17",
    "type": "text",
    "firstcreated": "2026-05-01T08:30:00+02:00",
    "versioncreated": "2026-05-02T10:00:00Z",
    "pubstatus": "usable",
    "language": "en-GB",
    "byline": "By Anna Ek and Bo Lie",
    "headline": TITLE,
    "description_text": SUMMARY,
    "body_text": f"{FIRST}\n\n{SECOND}",
    "body_xhtml": BODY_HTML,
    "located": "Cape Sol",
    "copyrightholder": "Harbour Press",
    "usageterms": "CC BY 4.0",
    "subject": [{"name": "Lighthouses"}, {"name": "News > Culture", "rel": "category"}],
    "altids": {"url": URL},
    "associations": {
        "main": {
            "uri": "urn:harbour-press:17:image",
            "type": "picture",
            "headline": "The lamp",
            "renditions": {"large": {"href": IMAGE, "width": 1200, "height": 800}},
        },
        "film": {
            "uri": "urn:harbour-press:17:film",
            "type": "video",
            "headline": "The last night",
            "renditions": {"hd": {"href": VIDEO}},
        },
    },
}

NEWS_ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": TITLE,
    "description": SUMMARY,
    "articleBody": f"{FIRST}\n\n{SECOND}",
    "url": URL,
    "identifier": "17",
    "author": [{"@type": "Person", "name": "Anna Ek"}, {"@type": "Person", "name": "Bo Lie"}],
    "datePublished": "2026-05-01T08:30:00+02:00",
    "dateModified": "2026-05-02T10:00:00Z",
    "keywords": ["Lighthouses", "Cape Sol"],
    "articleSection": "Culture",
    "inLanguage": "en-GB",
    "image": {
        "@type": "ImageObject",
        "url": IMAGE,
        "width": 1200,
        "height": 800,
        "caption": "The lamp",
    },
    "publisher": {"@type": "Organization", "name": "Harbour Press"},
    "license": "CC BY 4.0",
    "contentLocation": {"@type": "Place", "name": "Cape Sol"},
}

PAGE = f"""<!doctype html>
<html lang="en-GB"><head>
<title>{TITLE} | Harbour Press</title>
<link rel="canonical" href="{URL}">
<meta property="og:title" content="{TITLE} | Harbour Press">
<meta property="og:site_name" content="Harbour Press">
<meta property="og:description" content="{SUMMARY}">
<meta property="og:image" content="{IMAGE}">
<meta property="article:published_time" content="2026-05-01T08:30:00+02:00">
<meta property="article:modified_time" content="2026-05-02T10:00:00Z">
<meta property="article:section" content="Culture">
<meta property="article:tag" content="Lighthouses">
<meta name="keywords" content="lighthouses, Cape Sol">
<meta name="author" content="Anna Ek">
</head><body>
<nav><a href="/">Home</a> <a href="/culture">Culture</a></nav>
<main><article><h1>{TITLE}</h1>
<p>{FIRST}</p>
<iframe src="https://www.youtube.com/embed/lamp" title="The last night"></iframe>
<p>{SECOND}</p>
</article></main>
<footer>© Harbour Press. All rights reserved. Imprint. Privacy.</footer>
</body></html>"""

RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Harbour Press</title><link>https://harbour-press.example/</link>
<description>News of the coast</description><language>en-GB</language>
<item>
<title>{TITLE}</title><link>{URL}</link><guid isPermaLink="false">{GUID}</guid>
<pubDate>Fri, 01 May 2026 08:30:00 +0200</pubDate>
<dc:creator>Anna Ek and Bo Lie</dc:creator>
<category>Culture</category>
<description>{SUMMARY}</description>
<content:encoded><![CDATA[{BODY_HTML}]]></content:encoded>
<media:content url="{IMAGE}" medium="image" width="1200" height="800"/>
<media:keywords>Lighthouses, Cape Sol</media:keywords>
</item></channel></rss>"""

ATOM = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">
<title>Harbour Press</title><id>urn:harbour-press</id><updated>2026-05-02T10:00:00Z</updated>
<entry>
<title>{TITLE}</title><id>{GUID}</id><link href="{URL}"/>
<published>2026-05-01T08:30:00+02:00</published><updated>2026-05-02T10:00:00Z</updated>
<author><name>Anna Ek</name></author><author><name>Bo Lie</name></author>
<category term="culture" label="Culture"/>
<summary>{SUMMARY}</summary>
<content type="html">{BODY_HTML.replace("<", "&lt;")}</content>
<rights>CC BY 4.0</rights>
</entry></feed>"""

JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Harbour Press",
    "feed_url": "https://harbour-press.example/feed.json",
    "language": "en-GB",
    "items": [
        {
            "id": GUID,
            "url": URL,
            "title": TITLE,
            "summary": SUMMARY,
            "content_html": BODY_HTML,
            "image": "/lamp.jpg",
            "date_published": "2026-05-01T08:30:00+02:00",
            "date_modified": "2026-05-02T10:00:00Z",
            "authors": [{"name": "Anna Ek"}, {"name": "Bo Lie"}],
            "tags": ["Culture"],
            "attachments": [{"url": VIDEO, "mime_type": "video/mp4", "title": "The last night"}],
        }
    ],
}

WORDPRESS = [
    {
        "id": 17,
        "guid": {"rendered": GUID},
        "link": URL,
        "date": "2026-05-01T08:30:00",
        "date_gmt": "2026-05-01T06:30:00",
        "modified_gmt": "2026-05-02T10:00:00",
        "status": "publish",
        "type": "post",
        "title": {"rendered": TITLE},
        "content": {"rendered": BODY_HTML, "protected": False},
        "excerpt": {"rendered": f"<p>{SUMMARY}</p>", "protected": False},
        "_embedded": {
            "author": [{"id": 1, "name": "Anna Ek"}],
            "wp:featuredmedia": [
                {
                    "source_url": IMAGE,
                    "alt_text": "A lamp",
                    "caption": {"rendered": "<p>The lamp</p>"},
                    "media_details": {"width": 1200, "height": 800},
                }
            ],
            "wp:term": [
                [
                    {
                        "id": 3,
                        "taxonomy": "category",
                        "name": "Arts &amp; Culture",
                        "link": "https://harbour-press.example/category/news/arts/",
                    },
                    {
                        "id": 2,
                        "taxonomy": "category",
                        "name": "News",
                        "link": "https://harbour-press.example/category/news/",
                    },
                ],
                [{"id": 9, "taxonomy": "post_tag", "name": "Lighthouses", "link": "…"}],
            ],
        },
    }
]

WXR = f"""<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Harbour Press</title><link>https://harbour-press.example</link>
<language>en-GB</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:author><wp:author_login><![CDATA[anna]]></wp:author_login>
<wp:author_display_name><![CDATA[Anna Ek]]></wp:author_display_name></wp:author>
<wp:category><wp:category_nicename><![CDATA[news]]></wp:category_nicename>
<wp:category_parent></wp:category_parent><wp:cat_name><![CDATA[News]]></wp:cat_name></wp:category>
<wp:category><wp:category_nicename><![CDATA[arts]]></wp:category_nicename>
<wp:category_parent><![CDATA[news]]></wp:category_parent>
<wp:cat_name><![CDATA[Arts & Culture]]></wp:cat_name></wp:category>
<item><title>lamp</title><wp:post_id>18</wp:post_id><wp:post_type>attachment</wp:post_type>
<excerpt:encoded><![CDATA[The lamp]]></excerpt:encoded>
<wp:attachment_url>{IMAGE}</wp:attachment_url></item>
<item><title><![CDATA[{TITLE}]]></title><link>{URL}</link><guid isPermaLink="false">{GUID}</guid>
<dc:creator><![CDATA[anna]]></dc:creator>
<content:encoded><![CDATA[{FIRST}

{SECOND}]]></content:encoded>
<excerpt:encoded><![CDATA[{SUMMARY}]]></excerpt:encoded>
<wp:post_id>17</wp:post_id><wp:post_date_gmt>2026-05-01 06:30:00</wp:post_date_gmt>
<wp:post_modified_gmt>2026-05-02 10:00:00</wp:post_modified_gmt>
<wp:status>publish</wp:status><wp:post_type>post</wp:post_type><wp:post_password></wp:post_password>
<category domain="category" nicename="arts"><![CDATA[Arts & Culture]]></category>
<category domain="post_tag" nicename="lighthouses"><![CDATA[Lighthouses]]></category>
<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key>
<wp:meta_value>18</wp:meta_value></wp:postmeta>
</item></channel></rss>"""

NEWSML_G2 = f"""<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>
<newsItem guid="urn:newsml:harbour-press.example:20260501:17" version="2" xml:lang="en-GB">
<rightsInfo><copyrightHolder literal="Harbour Press"/>
<usageTerms>CC BY 4.0</usageTerms></rightsInfo>
<itemMeta><itemClass qcode="ninat:text"/><provider literal="Harbour Press"/>
<versionCreated>2026-05-02T10:00:00Z</versionCreated>
<firstCreated>2026-05-01T08:30:00+02:00</firstCreated>
<pubStatus qcode="stat:usable"/><link rel="irel:seeAlso" href="{URL}"/></itemMeta>
<contentMeta><by>By Anna Ek and Bo Lie</by><located><name>Cape Sol</name></located>
<headline>{TITLE}</headline><description>{SUMMARY}</description>
<keyword>Lighthouses</keyword><subject qcode="x:1"><name>Cape Sol</name></subject></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{BODY_HTML}</body></html>
</inlineXML></contentSet></newsItem>
<newsItem guid="urn:newsml:harbour-press.example:20260501:18" version="1" xml:lang="en-GB">
<itemMeta><itemClass qcode="ninat:picture"/><versionCreated>2026-05-01T08:00:00Z</versionCreated>
<pubStatus qcode="stat:usable"/></itemMeta>
<contentMeta><headline>Lamp</headline><description>The lamp</description></contentMeta>
<contentSet><remoteContent href="{IMAGE}"
 contenttype="image/jpeg" width="1200" height="800"/></contentSet>
</newsItem></itemSet></newsMessage>"""

NITF = f"""<?xml version="1.0" encoding="UTF-8"?>
<nitf xml:lang="en-GB"><head><title>{TITLE}</title><docdata>
<doc-id id-string="harbour-press-17" regsrc="Harbour Press"/>
<date.issue norm="20260502T100000Z"/><date.release norm="20260501T083000+0200"/>
<key-list><keyword key="Lighthouses"/></key-list>
<doc.copyright year="2026" holder="Harbour Press"/></docdata></head>
<body><body.head><hedline><hl1>{TITLE}</hl1></hedline>
<byline>By <person>Anna Ek</person> and <person>Bo Lie</person></byline>
<dateline><location>Cape Sol</location></dateline>
<abstract><p>{SUMMARY}</p></abstract></body.head>
<body.content><p>{FIRST}</p><media media-type="image"><media-reference source="{IMAGE}" width="1200"
 height="800"/><media-caption>The lamp</media-caption></media><p>{SECOND}</p></body.content>
</body></nitf>"""

DOCUMENTS: Mapping[str, bytes] = {
    "ninjs": json.dumps(NINJS).encode(),
    "newsarticle": json.dumps(NEWS_ARTICLE).encode(),
    "html": PAGE.encode(),
    "rss": RSS.encode(),
    "atom": ATOM.encode(),
    "jsonfeed": json.dumps(JSON_FEED).encode(),
    "wordpress": json.dumps(WORDPRESS).encode(),
    "wxr": WXR.encode(),
    "newsmlg2": NEWSML_G2.encode(),
    "nitf": NITF.encode(),
}
