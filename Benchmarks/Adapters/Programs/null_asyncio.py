"""An adapter that answers each read at once, on one event loop."""

import coherence_adapter


class Cache:
    name = "nothing"

    async def read(self, key):
        return None


coherence_adapter.serve(Cache)
