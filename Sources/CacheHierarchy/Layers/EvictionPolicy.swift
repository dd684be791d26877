/// Which entry a full layer in memory gives up.
public enum EvictionPolicy: String, Sendable, Hashable, CaseIterable {
    /// The one not used for the longest time.
    case lru
    /// The one whose deadline comes first.
    case ttl
    /// Adaptive replacement (ARC; Megiddo & Modha, FAST 2003): entries used once and entries used more often are kept
    /// apart, and the share of each follows which of the two was lately given up too soon.
    case adaptive
}
