import History
import Support
import Synchronization

/// One copy of an application with its hierarchy: L2 in memory, a share in the host's L3, a connection to the shared
/// tier, and the workers that carry the L1s.
///
/// `CacheInstance+Reading`, `+Writing`, `+Events` and `+Inspection` hold what it does; this file what it is.
/// `Documentation/Coherence.md` argues why what it serves is coherent.
public final class CacheInstance: Sendable {
    /// Unique in the cluster; two instances in one process differ.
    public let id: String
    /// How it was built.
    public let configuration: HierarchyConfiguration

    let clock: any CacheClock
    let hints: (any StepHints)?
    let origin: any Origin
    let shared: any SharedTier
    let host: (any HostStore)?
    let observer: any CacheObserver & Sendable
    /// Whether the application can read a value that another instance has left in a layer they share.
    private let canRead: @Sendable (_ value: [UInt8]) -> Bool

    private let ownMemory: ProcessMemory
    private let ownAcknowledgements = AcknowledgementTracker()
    private let ownLog: InvalidationLog
    private let ownTrust: Trust
    /// What the instance's own task works off, in order.
    let work = Mailbox<Work>()
    private let ownAppliedTime = Atomic<Int64>(0)
    /// Set when L3 failed to take an invalidation: it is neither read nor filled any more.
    let isHostLost = Atomic<Bool>(false)
    private let ownState: Lock<State>
    let waiters = WaitQueue<AppliedGoal>()
    /// What the bus has brought.
    let books: Lock<BusLedger>

    /// The machines that decide, and what only the driver needs.
    struct State {
        var tasks: [Task<Void, Never>] = []
        var isStopped = false
        var lease: MembershipLease
        var intents: WriteIntents
        var echoes = OwnEchoes()
        var acknowledgements = RepeatedAcknowledgements()
        /// With the defect `forgotten-position`: what was announced up to here is not heard.
        var forgottenUpTo = Int64.min

        init(id: String, configuration: HierarchyConfiguration) {
            lease = MembershipLease(
                duration: configuration.lease,
                intentLifetime: configuration.propagation == .acknowledged ? configuration.holdLifetime : nil)
            intents = WriteIntents(of: id)
        }
    }

    /// What is to be applied, and until when on the instance's clock it is waited for.
    struct AppliedGoal {
        let time: Int64
        let deadline: Int64
    }

    /// - Parameters:
    ///   - id: unique in the cluster.
    ///   - host: L3; needed if the configuration has that layer.
    ///   - observer: told what the instance does on its own account.
    private init(
        id: String, configuration: HierarchyConfiguration, origin: any Origin, shared: any SharedTier,
        host: (any HostStore)?, clock: any CacheClock, observer: any CacheObserver & Sendable,
        canRead: @escaping @Sendable ([UInt8]) -> Bool
    ) {
        precondition(configuration[.l3] == nil || host != nil, "a hierarchy with an L3 needs the host's store")
        self.id = id
        self.configuration = configuration
        self.origin = origin
        self.shared = shared
        self.host = configuration[.l3] == nil ? nil : host
        self.clock = clock
        hints = clock.hints
        ownTrust = Trust(clock: clock)
        self.observer = observer
        self.canRead = canRead
        ownMemory = ProcessMemory(
            storage: configuration[.l2].map { ($0.capacity, $0.eviction) }, shardCount: configuration.shards,
            defects: configuration.defects)
        ownLog = InvalidationLog(capacity: 4096)
        books = Lock(BusLedger(instance: id))
        ownState = Lock(State(id: id, configuration: configuration))
    }

    /// Joins the cluster: from the return on, the instance serves and hears every invalidation.
    /// - Parameter canRead: asked of every value found in L3 or in the shared tier, where instances with another
    ///   version of the application may have left it. One that cannot be read is not served; the origin is asked
    ///   instead. Called by any task, often.
    /// - Throws: what the shared tier throws if it cannot be joined.
    public static func start(
        id: String, configuration: HierarchyConfiguration, origin: any Origin, shared: any SharedTier,
        host: (any HostStore)? = nil, clock: any CacheClock = HostClock(),
        observer: any CacheObserver & Sendable = SilentObserver(),
        canRead: @escaping @Sendable (_ value: [UInt8]) -> Bool = { _ in true }
    ) async throws -> CacheInstance {
        let instance = CacheInstance(
            id: id, configuration: configuration, origin: origin, shared: shared, host: host, clock: clock,
            observer: observer, canRead: canRead)
        try await instance.join()
        return instance
    }

    /// A client of this instance with an L1 of its own (if the hierarchy has one), for one task at a time.
    public func makeWorker(observer: any CacheObserver = SilentObserver()) -> CacheWorker {
        CacheWorker(instance: self, observer: observer)
    }

    /// Leaves the cluster. What is waiting is let go; later calls throw ``CacheError/Code/stopped``.
    public func stop() async {
        let tasks: [Task<Void, Never>] = withState { state in
            state.isStopped = true
            defer { state.tasks = [] }
            return state.tasks
        }
        trust.trust(until: Int64.min)
        acknowledgements.stop()
        wakeWaiters()
        work.close()
        for task in tasks { task.cancel() }
        await shared.leave(id)
        for task in tasks { await task.value }
    }

    /// Whether the instance is connected, and how much it may be behind: for health checks and tests.
    public var isTrusted: Bool { trust.isTrusted(at: clock.now()) }

    /// Whether something was written or invalidated here that the others have not been told yet, because the shared
    /// tier was away.
    public var hasUnannouncedWrites: Bool { withState { !$0.intents.isEmpty } }

    /// What the bus has done for this instance up to now.
    public var busCounts: BusCounts { books.withLock { $0.counts } }

    // MARK: What the tasks of the instance share

    var memory: ProcessMemory { used(ownMemory) }
    var acknowledgements: AcknowledgementTracker { used(ownAcknowledgements) }
    var log: InvalidationLog { used(ownLog) }
    var trust: Trust { used(ownTrust) }

    func withState<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        hints?.usesInstance()
        return try ownState.withLock(body)
    }

    /// As ``withState(_:)``, for whether the instance runs and is a member. It gives no hint: whatever ends either
    /// comes over the bus, or from outside the instance, and who brings it tells.
    func withMembership<Result>(_ body: (inout State) -> Result) -> Result { ownState.withLock(body) }

    /// The logical time up to which every invalidation has been applied to all own layers.
    var appliedTime: Int64 {
        hints?.usesInstance()
        return ownAppliedTime.load(ordering: .acquiring)
    }

    /// Every invalidation up to this logical time has been applied, or what it concerns is suspect.
    func raiseAppliedTime(to time: Int64) {
        hints?.usesInstance()
        ownAppliedTime.max(time, ordering: .acquiringAndReleasing)
    }

    @inline(__always)
    private func used<Part>(_ part: Part) -> Part {
        hints?.usesInstance()
        return part
    }

    var usableHost: (any HostStore)? { isHostLost.load(ordering: .acquiring) ? nil : host }

    /// Whether an entry that was found in a shared layer is of a form that this instance's application knows.
    func understands(_ entry: CacheEntry) -> Bool {
        entry.value.map(canRead) ?? true || has(.foreignFormat)
    }

    func has(_ defect: Defect) -> Bool { !configuration.defects.isEmpty && configuration.defects.contains(defect) }
}
