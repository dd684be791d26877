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
    /// A batch of loads takes one logical time for all of its keys, after it has asked the origin.
    case batchToken = "batch-token"
    /// What was kept while the connection to the bus was lost is trusted afterwards.
    case missedWhileDisconnected = "missed-while-disconnected"
    /// An instance that has lost its place in the stream of announcements reads on from the end, and believes that
    /// nothing is missing.
    case forgottenPosition = "forgotten-position"
    /// Redis is given values whose whole numbers went through a double, which holds no more than 53 bits of them.
    case numberThroughDouble = "number-through-double"
    /// L3 keeps values as text, and stores equal texts the same: letters and their accents in one character.
    case lossyUnicode = "lossy-unicode"
    /// An instance serves what a version of the application that it does not know has left in a layer.
    case foreignFormat = "foreign-format"
    /// Names of keys in Redis begin with the application's name as it is, and so do the patterns that find them.
    case rawPrefix = "raw-prefix"
    /// A writer replaces the whole row by the fields that its version of the application knows.
    case lostFields = "lost-fields"
    /// An instance that is started again trusts what it finds on its host's disk from before.
    case warmRestart = "warm-restart"
    /// The right to fill is forgotten with the lease: a fill that comes later is checked against nothing.
    case lateFill = "late-fill"
    /// A writer waits a millisecond for the others, and takes their silence for consent.
    case impatientWriter = "impatient-writer"
    /// A writer takes the others for gone when its own clock shows a lease more than at its last sign of life.
    case leaseByOwnClock = "lease-by-own-clock"
    /// Whatever server answers is believed, one that was a replica and lags included.
    case laggingReplicaBelieved = "lagging-replica-believed"
    /// What was written while the shared tier was away is not announced afterwards.
    case forgottenAnnouncement = "forgotten-announcement"
    /// Commands go through a pool of somebody's own, past the process's one manager.
    case connectionPastManager = "connection-past-manager"
    /// Each command opens one more connection under the manager's name, and leaves it open.
    case leakedConnection = "leaked-connection"
}
