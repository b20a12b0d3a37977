"""The vocabulary of tags in Redis, what editors decided, and which articles follow.

In the memory, which is counted again from the index when it is lost:

    {tags}:of:<article>     hash of its version and what is counted of it: [[slug, form], ...]
    {tags}:articles:<slug>  set of the articles that have the tag
    {tags}:forms:<slug>     hash of language, kind and name to how many articles would show it so
    {tags}:shown:<slug>     hash of language to the form that is shown, and `changes` of these
    {tags}:changed          slugs whose most frequent form is another one now, by when to act on it

Beside the streams, because events are handed over only while these stand:

    {tags}:names            hash of slug to the name that editors gave it
    {tags}:merged           hash of slug to the slug it was merged into
    {tags}:ruled            hash of slug to the number of the last decision on it
    {tags}:rulings          grows with every decision: guards what was computed from the two hashes
    {tags}:restored         the generation in which these were last read back from the index
    {tags}:due, {tags}:due:taken   articles to enrich anew, by time; taken ones by lease
    {tags}:tries            hash of article to how often it was not found
    enrich:curation:<id>    what editors decided about an article, as JSON

Each count is one step and only newer versions count, so the counts at the end are those of the
articles as they are, whatever came twice or in another order.
"""

from services.enrich.adapters.redis_vocabulary.agenda import RedisAgenda
from services.enrich.adapters.redis_vocabulary.decisions import RedisDecisions
from services.enrich.adapters.redis_vocabulary.vocabulary import RedisVocabulary

__all__ = ["RedisAgenda", "RedisDecisions", "RedisVocabulary"]
