"""The reading site: pages rendered on the server, without a build step, out of the query API alone.

A frontend team may take it as the example of the API. Everything works without JavaScript.
"""
