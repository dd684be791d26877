/// What came of an entry that was offered to a ``HostStore``.
public enum HostFill: Sendable, Hashable {
    /// A floor or a newer version forbade it.
    case refused
    /// It was stored. To make room the entries of these keys were given up, in any order; its own may be among them.
    case stored(evicted: [String])
}
