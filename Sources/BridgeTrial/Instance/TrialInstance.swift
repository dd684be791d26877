import EventBridge
import Foundation
import RedisClient
import ScenarioRunner
import Scenarios
import Support

/// One process of a trial, from its beginning to its end.
public final class TrialInstance: Sendable {
    private let settings: InstanceSettings
    private let book: DeliveryBook
    private let isSlow: Lock<Bool>
    private let absence = Lock(Absence())
    /// Events that could not be published.
    private let refused = Lock<UInt64>(0)
    /// Deliveries of an earlier life of the instance.
    private let inherited = Lock<UInt64>(0)
    /// As soon as it is open; events may arrive before.
    private let opened = Lock<EventBridge?>(nil)

    /// Reads from standard input what it is to be.
    /// - Throws: `DecodingError` if that is not what a conductor writes.
    public init() throws {
        settings = try ParentLines.settings(InstanceSettings.self)
        book = DeliveryBook(ownName: InstanceSettings.name(settings.number))
        isSlow = Lock(settings.plan.isSlow(settings.number))
    }

    /// Does what standard input says until it ends, which it does with the conductor.
    public func run() async {
        let orders = ParentLines.orders(InstanceOrder.self)
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
        // A reader of a stream asks for a thousand events at a time.
        redis.replyLimits = .holding(1000, of: plan.bridge.payload)
        var configuration = BridgeConfiguration(
            instance: InstanceSettings.name(settings.number), name: settings.bridge, transport: plan.transport,
            publishes: plan.publishes(settings.number), subscribes: plan.subscribes(settings.number), redis: redis,
            dataLifetime: settings.lifetime, outboxLimit: Int.max)
        if settings.isRestarted { try inherit(&configuration) }
        let journal = try settings.isRestarted ? nil : settings.journal.map { try DeliveryJournal(path: $0) }
        let bridge = try await EventBridge.open(configuration) { [self] notice in
            absence.withLock { $0.take(notice, at: BridgeClock.now()) }
        } onEvents: { [self] events in
            receive(events, journal)
        }
        opened.withLock { $0 = bridge }
        // Nobody publishes yet: who is killed before the first event begins here again.
        try journal?.write(.init(position: bridge.position, delivered: bridge.delivered, deliveries: []))
        return bridge
    }

    /// Takes the place of a process that was killed, with what it had kept, unless that is to be forgotten.
    private func inherit(_ configuration: inout BridgeConfiguration) throws {
        let lines = try settings.journal.map { try DeliveryJournal.lines(path: $0) } ?? []
        for line in lines { book.enter(line.deliveries) }
        inherited.withLock { $0 = book.entered }
        if settings.plan.defect != .forgottenPosition { configuration.position = lines.last?.position }
        if settings.plan.defect != .forgottenDeliveries { configuration.delivered = lines.last?.delivered ?? [] }
    }

    private func receive(_ events: [BridgeEvent], _ journal: DeliveryJournal?) {
        guard isSlow.withLock({ $0 }) else {
            let now = BridgeClock.now()
            let deliveries = events.lazy.map { Delivery($0, at: now) }
            book.enter(deliveries)
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
            // The fault is that this blocks what must not be blocked.
            if isSlow.withLock({ $0 }) { usleep(UInt32(delay / 1000)) }
            book.enter(CollectionOfOne(Delivery(event, at: BridgeClock.now())))
        }
    }

    private func obey(_ order: InstanceOrder, _ bridge: EventBridge) {
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
        var report = book.report(instances: settings.plan.bridge.instances, bridge: counts)
        report.errors = refused.withLock { $0 } + counts.foreign
        report.longestAbsence = absence.withLock { $0.longest(until: BridgeClock.now()) }
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

    /// Says when everything that was published has come or is known to be missing.
    private func awaitAll(_ published: [Int: UInt64], _ bridge: EventBridge) async {
        func isComplete() -> Bool {
            guard bridge.configuration.subscribes else { return true }
            var known: [String: UInt64] = [:]
            for (source, ledger) in bridge.sources { known[source.instance] = ledger.highest }
            return published.allSatisfy { number, count in
                number == settings.number || count == 0 || known[InstanceSettings.name(number), default: 0] >= count
            }
        }
        // What is known changes with every message; there is nothing else to wait for.
        while !isComplete() { try? await Task.sleep(for: .milliseconds(5)) }
        // The bridge knows of an event before it hands it on, and a slow subscriber has many still to be given.
        let before = inherited.withLock { $0 }
        while book.entered < before + bridge.counts.received { try? await Task.sleep(for: .milliseconds(5)) }
        say(.complete)
    }

    private func say(_ message: InstanceMessage) { ParentLines.say(message) }
}
