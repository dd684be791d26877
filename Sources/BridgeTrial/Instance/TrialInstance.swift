import EventBridge
import Foundation
import Processes
import RedisClient
import Scenarios
import Support

/// One process of a trial.
public final class TrialInstance: Sendable {
    private let settings: TrialInstanceSettings
    private let recorder: DeliveryRecorder
    private let isSlow: Lock<Bool>
    private let outages = Lock(OutageTracker())
    /// The events that could not be published.
    private let refused = Lock<UInt64>(0)
    /// The events that the replaced process received.
    private let restored = Lock<UInt64>(0)
    /// The bridge, once it is open. Events may arrive before that.
    private let opened = Lock<EventBridge?>(nil)

    /// Reads the settings from standard input.
    ///
    /// - Throws: `DecodingError` if the line is not one of a coordinator.
    public init() throws {
        settings = try ParentLines.settings(TrialInstanceSettings.self)
        recorder = DeliveryRecorder(ownName: TrialInstanceSettings.name(settings.number))
        isSlow = Lock(settings.plan.isSlow(settings.number))
    }

    /// Executes the orders on standard input until its end, which comes when the coordinator ends.
    public func run() async {
        let orders = ParentLines.orders(TrialOrder.self)
        do {
            let bridge = try await open()
            say(.ready)
            for await order in orders { obey(order, bridge) }
            await bridge.close()
        } catch {
            say(.failed("\(error)"))
            for await _ in orders {}
        }
    }

    private func open() async throws -> EventBridge {
        let plan = settings.plan
        var redis = try RedisConfiguration(url: settings.redis)
        redis.clientName = settings.connection
        // The reader of a stream requests a thousand events at a time.
        redis.replyLimits = .holding(1000, of: plan.bridge.payload)
        var configuration = BridgeConfiguration(
            instance: TrialInstanceSettings.name(settings.number), name: settings.bridge, transport: plan.transport,
            publishes: plan.publishes(settings.number), subscribes: plan.subscribes(settings.number), redis: redis,
            dataLifetime: settings.lifetime, outboxLimit: Int.max)
        if settings.isRestarted { try restore(&configuration) }
        let journal = try settings.isRestarted ? nil : settings.journal.map { try DeliveryJournal(path: $0) }
        let bridge = try await EventBridge.open(configuration) { [self] notice in
            outages.withLock { $0.take(notice, at: BridgeClock.now()) }
        } onEvents: { [self] events in
            receive(events, journal)
        }
        opened.withLock { $0 = bridge }
        // No instance publishes yet. A process that is killed before the first event resumes here.
        try journal?.write(.init(position: bridge.position, delivered: bridge.delivered, deliveries: []))
        return bridge
    }

    /// Restores the state of the killed process, except the parts that a defect omits.
    private func restore(_ configuration: inout BridgeConfiguration) throws {
        let lines = try settings.journal.map { try DeliveryJournal.lines(path: $0) } ?? []
        for line in lines { recorder.record(line.deliveries) }
        restored.withLock { $0 = recorder.count }
        if settings.plan.defect != .forgottenPosition { configuration.position = lines.last?.position }
        if settings.plan.defect != .forgottenDeliveries { configuration.delivered = lines.last?.delivered ?? [] }
    }

    private func receive(_ events: [BridgeEvent], _ journal: DeliveryJournal?) {
        guard isSlow.withLock({ $0 }) else {
            let now = BridgeClock.now()
            let deliveries = events.lazy.map { ReceivedEvent($0, at: now) }
            recorder.record(deliveries)
            guard let journal, let bridge = opened.withLock({ $0 }) else { return }
            do {
                try journal.write(
                    .init(position: bridge.position, delivered: bridge.delivered, deliveries: Array(deliveries)))
            } catch {
                say(.failed("what was given could not be kept: \(error)"))
            }
            return
        }
        let delay = 4e9 / Double(settings.plan.bridge.rate)
        for event in events {
            // This is the fault: it blocks the event loop, which must not be blocked.
            if isSlow.withLock({ $0 }) { usleep(UInt32(delay / 1000)) }
            recorder.record(CollectionOfOne(ReceivedEvent(event, at: BridgeClock.now())))
        }
    }

    private func obey(_ order: TrialOrder, _ bridge: EventBridge) {
        switch order {
        case .start(let start): Task { await publish(from: start, bridge) }
        case .mark: bridge.mark()
        case .expect(let published):
            isSlow.withLock { $0 = false }
            Task { await awaitAll(published, bridge) }
        case .report(let question): say(.report(report(bridge), question))
        }
    }

    private func report(_ bridge: EventBridge) -> InstanceReport {
        let counts = bridge.counts
        var report = recorder.report(instances: settings.plan.bridge.instances, bridge: counts)
        report.errors = refused.withLock { $0 } + counts.foreign
        report.longestAbsence = outages.withLock { $0.longest(until: BridgeClock.now()) }
        return report
    }

    private func publish(from start: Int64, _ bridge: EventBridge) async {
        let plan = settings.plan
        let number = settings.number
        let payload = [UInt8](repeating: 0x78, count: plan.bridge.payload)
        await Pacer.run(plan.events(of: number)) {
            start + plan.moment(of: $0, instance: number)
        } _: { [self] _, planned in
            do {
                try bridge.publish(payload, time: planned)
            } catch {
                refused.withLock { $0 += 1 }
            }
        }
        await bridge.flush()
        say(.published(bridge.counts.published))
    }

    /// Waits until each published event has arrived or is known to be missing, and reports it.
    private func awaitAll(_ published: [Int: UInt64], _ bridge: EventBridge) async {
        func isComplete() -> Bool {
            guard bridge.configuration.subscribes else { return true }
            var known: [String: UInt64] = [:]
            for (source, count) in bridge.sources { known[source.instance] = count.highest }
            return published.allSatisfy { number, count in
                number == settings.number || count == 0
                    || known[TrialInstanceSettings.name(number), default: 0] >= count
            }
        }
        // The counts change with every message, and there is no other signal to wait for.
        while !isComplete() { try? await Task.sleep(for: .milliseconds(5)) }
        // The bridge counts an event before it delivers it, and a slow subscriber still has many deliveries to come.
        let before = restored.withLock { $0 }
        while recorder.count < before + bridge.counts.received { try? await Task.sleep(for: .milliseconds(5)) }
        say(.complete)
    }

    private func say(_ message: TrialMessage) { ParentLines.say(message) }
}

/// Measures the longest outage of a subscription. A pure value.
struct OutageTracker: Sendable {
    /// The start of the current outage, in nanoseconds of ``BridgeClock``.
    private var since: Int64?
    private var longest: UInt64 = 0

    mutating func take(_ notice: BridgeNotice, at now: Int64) {
        switch notice {
        case .disconnected: since = since ?? now
        case .resubscribed:
            longest = longest(until: now)
            since = nil
        case .missed, .trimmed, .replaced: break
        }
    }

    /// The longest outage in nanoseconds. A current one counts up to `now`.
    func longest(until now: Int64) -> UInt64 {
        max(longest, since.map { UInt64(clamping: now - $0) } ?? 0)
    }
}
