"""Which replica a request goes to: the one that knows its pictures, unless that has clearly more to do than another.

Each page remembers where it sent what. Nothing has to be kept in step: where a replica has gone, or another page asked
before, the pictures are encoded once more.
"""

from cachetools import LRUCache
from ray.serve.request_router import PendingRequest, ReplicaID, RequestRouter, RunningReplica

MOST_KEYS = 10_000  # that are remembered
PATIENCE = 1  # requests by which the knowing replica may be busier than the idlest


class KnowingRouter(RequestRouter):
    """The first argument of a request is its key; requests of the same key go to the same replica. "" is no key."""

    def initialize_state(self, **options: object) -> None:
        """Called once by Serve."""
        self._known: LRUCache[str, ReplicaID] = LRUCache(MOST_KEYS)

    async def choose_replicas(
        self, candidate_replicas: list[RunningReplica], pending_request: PendingRequest | None = None
    ) -> list[list[RunningReplica]]:
        """First the one that knows, then whichever has least to do."""
        if pending_request is None:
            return [candidate_replicas]
        pending_request.routing_context.should_backoff = True  # all are offered; ask again only after a moment
        lengths = {replica.replica_id: self._length(replica) for replica in candidate_replicas}
        known = self._known.get(_key(pending_request))
        if known not in lengths or lengths[known] > min(lengths.values()) + PATIENCE:
            return [candidate_replicas]
        return [[replica for replica in candidate_replicas if replica.replica_id == known], candidate_replicas]

    def on_request_routed(self, pending_request: PendingRequest, replica_id: ReplicaID, result: object) -> None:
        """Remember where the pictures are known from now on."""
        if key := _key(pending_request):
            self._known[key] = replica_id

    def _length(self, replica: RunningReplica) -> int:
        return self.replica_queue_len_cache.get(replica.replica_id) or 0


def _key(request: PendingRequest) -> str:
    return request.args[0] if request.args and isinstance(request.args[0], str) else ""
