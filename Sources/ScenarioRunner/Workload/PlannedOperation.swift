/// One thing that a worker is to do.
enum PlannedOperation: Sendable, Hashable {
    case read(KeyInUse)
    case write(KeyInUse)
    case delete(KeyInUse)
    case invalidate(KeyInUse)
    case invalidateTag(String)
}
