/// A deliberate bug that the cache can be given, to show that a test would catch it. None is on in normal use.
public enum Defect: String, Sendable, Hashable, CaseIterable, Codable {
    /// A fill is not checked against the invalidations that happened while it was loading (no lease).
    case staleFill = "stale-fill"
    /// Inner layers are dropped before outer ones, so that a reader refills them from the outside.
    case wrongLayerOrder = "wrong-layer-order"
    /// An inner layer gives an entry its own full lifetime, whatever is left of it where it came from.
    case lifetimeInversion = "lifetime-inversion"
    /// An entry's logical time is taken after its load, so that a tag invalidated meanwhile does not concern it.
    case tagTimeAfterLoad = "tag-time-after-load"
    /// What was kept while the connection to the bus was lost is trusted afterwards.
    case missedWhileDisconnected = "missed-while-disconnected"
}
