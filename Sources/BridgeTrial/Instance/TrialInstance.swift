import EventBridge
import Foundation
import Locking
import RedisClient
import ScenarioRunner

/// One process of a trial, from its beginning to its end.
public final class TrialInstance: Sendable {
    private let settings: InstanceSettings
    private let book: DeliveryBook
    private let isSlow: Lock<Bool>

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
        redis.clientName = "coherence"
        let configuration = BridgeConfiguration(
            instance: InstanceSettings.name(settings.number), name: settings.bridge, transport: plan.transport,
            publishes: plan.publishes(settings.number), redis: redis, outboxLimit: Int.max)
        let delay = 4e9 / Double(plan.rate)
        return try await EventBridge.open(configuration) { [self] events in
            guard isSlow.withLock({ $0 }) else { return book.enter(events, at: BridgeClock.now()) }
            for event in events {
                // The fault is that this blocks what must not be blocked.
                if isSlow.withLock({ $0 }) { usleep(UInt32(delay / 1000)) }
                book.enter([event], at: BridgeClock.now())
            }
        }
    }

    private func obey(_ order: InstanceOrder, _ bridge: EventBridge) {
        switch order {
        case .start(let start): Task { await publish(from: start, bridge) }
        case .mark: bridge.mark()
        case .expect(let published):
            isSlow.withLock { $0 = false }
            Task { await awaitAll(published, bridge) }
        case .report(let question):
            say(.report(book.report(instances: settings.plan.instances, bridge: bridge.counts), question))
        }
    }

    private func publish(from start: Int64, _ bridge: EventBridge) async {
        let plan = settings.plan
        let number = settings.number
        let payload = [UInt8](repeating: 0x78, count: plan.payload)
        let failure = Lock<String?>(nil)
        await Pacer.run(plan.events(of: number)) {
            start + plan.moment(of: $0, instance: number)
        } _: { _, planned in
            do {
                try bridge.publish(payload, time: planned)
            } catch {
                failure.withLock { $0 = $0 ?? "\(error)" }
            }
        }
        await bridge.flush()
        if let failure = failure.withLock({ $0 }) { return say(.failed(failure)) }
        say(.published(bridge.counts.published))
    }

    /// Says when everything that was published has come or is known to be missing.
    private func awaitAll(_ published: [Int: UInt64], _ bridge: EventBridge) async {
        func isComplete() -> Bool {
            var known: [String: UInt64] = [:]
            for (source, ledger) in bridge.sources { known[source.instance] = ledger.highest }
            return published.allSatisfy { number, count in
                number == settings.number || count == 0 || known[InstanceSettings.name(number), default: 0] >= count
            }
        }
        // What is known changes with every message; there is nothing else to wait for.
        while !isComplete() { try? await Task.sleep(for: .milliseconds(5)) }
        // The bridge knows of an event before it hands it on, and a subscriber that was slow has many still to be given.
        while book.entered < bridge.counts.received { try? await Task.sleep(for: .milliseconds(5)) }
        say(.complete)
    }

    private func say(_ message: InstanceMessage) { ParentLines.say(message) }
}
