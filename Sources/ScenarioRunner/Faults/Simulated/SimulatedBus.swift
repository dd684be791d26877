import CacheHierarchy
import Simulation
import Support

/// The messages that one instance hears over its link: in order, unless the connection is lost, and then with a gap.
/// Of a stream only acknowledgements are lost with the connection, and announcements with the stream.
final class SimulatedBus: Sendable {
    private struct State {
        var isUp = true
        var isClosed = false
        /// What was announced up to this logical time was announced while nobody listened here.
        var missedUpTo: Int64 = 0
        var onItsWay: [(due: Int64, events: [SharedTierEvent])] = []
        /// Announcements in the stream that came while nobody listened here; `nil` if they are not kept.
        var kept: [SharedTierEvent]?
        /// Whether something of the stream was lost that nobody had listened to.
        var hasLost = false
        var isDelivering = false
    }

    private let link: SimulatedLink
    private let onEvents: @Sendable ([SharedTierEvent]) -> Void
    /// How many announcements the stream keeps; `nil` for a channel, which keeps none.
    private let streamLength: Int?
    private let state: Lock<State>

    init(_ link: SimulatedLink, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void) {
        self.link = link
        self.onEvents = onEvents
        streamLength = link.streamLength
        state = Lock(State(kept: streamLength == nil ? nil : []))
    }

    private func look<Result>(_ body: (borrowing State) -> Result) -> Result {
        Simulation.touch(SimulatedPart.hearing(link.id), .reads)
        return state.withLock { body($0) }
    }

    private func change<Result>(_ body: (inout State) -> Result) -> Result {
        Simulation.touch(SimulatedPart.hearing(link.id), .writes)
        return state.withLock { body(&$0) }
    }

    /// Hands events to the instance in a step that is not the one in which the server's messages arrive.
    private func hand(_ events: [SharedTierEvent]) {
        Simulation.touch(SimulatedPart.instance(link.id), .writes)
        Simulation.touch(SimulatedPart.work(link.id), .writes)
        onEvents(events)
    }

    /// The server has sent something.
    func arrive(_ events: [SharedTierEvent]) {
        let delay = link.delay
        let mustWait = delay > 0 || link.isSilent
        let due = mustWait ? link.clock.now() + delay : 0
        let (heard, isNow): ([SharedTierEvent], Bool) = look { state in
            guard state.isUp || state.kept != nil, !state.isClosed else { return ([], true) }
            let missedUpTo = state.missedUpTo
            let isUp = state.isUp
            let heard = events.filter { event in
                if case .invalidation(let stamped) = event { stamped.time > missedUpTo } else { isUp }
            }
            return (heard, !mustWait && state.onItsWay.isEmpty)
        }
        if heard.isEmpty { return }
        if !look({ $0.isUp }) { return change { keep(heard, &$0) } }
        // Who brings it has told what that touches.
        if isNow { return onEvents(heard) }
        let isFirst = change { state in
            state.onItsWay.append((due, heard))
            defer { state.isDelivering = true }
            return !state.isDelivering
        }
        if isFirst { startDelivering() }
    }

    private func startDelivering() {
        Task { [self] in await Simulation.named("way to \(link.id)") { await deliver() } }
    }

    /// Hands over what is on its way, each in its time, until nothing is.
    private func deliver() async {
        while let due = change({ state -> Int64? in
            if state.onItsWay.isEmpty { state.isDelivering = false }
            return state.onItsWay.first?.due
        }) {
            do {
                if link.isSilent {
                    try await link.pauseBriefly()
                } else if case let now = link.clock.now(), due > now {
                    try await link.clock.sleep(nanoseconds: due - now)
                } else {
                    let events = change { $0.onItsWay.isEmpty ? [] : $0.onItsWay.removeFirst().events }
                    if !events.isEmpty { hand(events) }
                }
            } catch {
                return
            }
        }
    }

    /// The connection is gone, with what was on its way. Another one follows as soon as somebody answers.
    func lose() {
        let wasUp = change { state in
            defer { state.isUp = false }
            let undelivered = state.onItsWay.flatMap(\.events)
            state.onItsWay = []
            let missedUpTo = state.missedUpTo
            keep(
                undelivered.filter {
                    if case .invalidation(let stamped) = $0 { stamped.time > missedUpTo } else { false }
                },
                &state)
            return state.isUp && !state.isClosed
        }
        guard wasUp else { return }
        hand([.disconnected])
        Task { [self] in await Simulation.named("return of \(link.id)") { await comeBack() } }
    }

    private func comeBack() async {
        await Simulation.point("reconnect")
        while link.isUnreachable {
            if look({ $0.isClosed }) { return }
            do { try await link.pauseBriefly() } catch { return }
        }
        if streamLength != nil { return resume() }
        guard let time = try? await link.tier.logicalTime() else { return }
        let isUp = change { state in
            state.missedUpTo = max(state.missedUpTo, time)
            state.isUp = !state.isClosed
            return state.isUp
        }
        if isUp { hand([.reconnected]) }
    }

    // MARK: A stream

    private func keep(_ events: [SharedTierEvent], _ state: inout State) {
        guard let streamLength, !events.isEmpty else { return }
        state.kept?.append(contentsOf: events)
        guard let surplus = state.kept.map({ $0.count - streamLength }), surplus > 0 else { return }
        state.kept?.removeFirst(surplus)
        state.hasLost = true
    }

    /// Reads on where the instance has come to, or where the stream begins if that is gone.
    private func resume() {
        let (isUp, isFirst, hasLost) = change { state in
            guard !state.isClosed else { return (false, false, false) }
            defer { (state.isUp, state.hasLost, state.kept) = (true, false, []) }
            state.onItsWay = (state.kept ?? []).map { (0, [$0]) }
            let isFirst = !state.isDelivering && !state.onItsWay.isEmpty
            if isFirst { state.isDelivering = true }
            return (true, isFirst, state.hasLost)
        }
        if isUp { hand([hasLost ? .reconnected : .resumed]) }
        if isFirst { startDelivering() }
    }

    /// The server has lost the stream, with everything announced up to a logical time.
    func loseStream(upTo time: Int64) {
        change { state in
            guard state.kept != nil else { return }
            state.missedUpTo = max(state.missedUpTo, time)
            (state.kept, state.hasLost) = ([], true)
        }
    }

    /// Nobody listens any more.
    func close() {
        change { state in
            state.isClosed = true
            state.onItsWay = []
        }
    }
}
