import GatedWorld
import Simulation

/// Which orders of a run's messages are the same but for messages that commute.
enum ScheduleOrders {
    /// Stands for an order, whatever the places of messages that commute. O(n²) in the number of steps.
    ///
    /// Each step is known by its label and by the steps before it that it meets: those that it depends on.
    static func trace(of run: GatedRun) -> UInt64 {
        var hashes: [UInt64] = []
        var trace: UInt64 = 0
        for (place, step) in run.steps.enumerated() {
            let own = SeededRandom(seed: 0).split(step.message.label).seed
            var before: UInt64 = 0
            for earlier in 0..<place where run.steps[earlier].message.meets(step.message) {
                before &+= hashes[earlier]
            }
            hashes.append(SeededRandom(seed: own).split(number: before).seed)
            trace &+= hashes[place]
        }
        return trace
    }

    /// The same run in another order, told without running it.
    ///
    /// A run tells what each message waited for: it was there as soon as one certain message had been let through. So
    /// what waits at each step of the other order is known, as long as messages that meet come in the order of the run;
    /// and if they do to the end, the two orders differ in messages that commute only.
    /// - Parameters:
    ///   - steps: of the run, all of one phase.
    ///   - deviations: the other order.
    /// - Returns: the steps of the other order; `nil` if it is not the same. O(n²) in the number of steps.
    static func retold(_ steps: [GatedRun.Step], by deviations: Deviations) -> [GatedRun.Step]? {
        let places = Dictionary(
            steps.enumerated().map { ($0.element.message.label, $0.offset) }, uniquingKeysWith: { first, _ in first })
        // Of a step with very many messages not all were kept.
        guard places.count == steps.count, steps.allSatisfy({ !$0.enabled.isEmpty }) else { return nil }
        // For whom time may pass, and until when, changes with what has been done.
        guard !steps.contains(where: { $0.enabled.contains { $0.kind == .timer } }) else { return nil }
        // By step: what waits from then on.
        var caused: [[GatedMessage]] = Array(repeating: [], count: steps.count + 1)
        var known: Set<String> = []
        for (place, step) in steps.enumerated() {
            for message in step.enabled where known.insert(message.label).inserted { caused[place].append(message) }
        }
        var waiting = caused[0]
        var done = Array(repeating: false, count: steps.count)
        var order: [GatedRun.Step] = []
        var task = steps.first?.task ?? ""
        var chooser = deviations
        for number in steps.indices {
            let enabled = GatedWorld.inUsualOrder(waiting, after: task)
            guard !enabled.isEmpty else { return nil }
            let choice = chooser.choose(enabled, step: number)
            guard enabled.indices.contains(choice), let place = places[enabled[choice].label] else { return nil }
            let released = steps[place].message
            for earlier in 0..<place where !done[earlier] && steps[earlier].message.meets(released) { return nil }
            done[place] = true
            var told = enabled
            told[choice] = released
            order.append(GatedRun.Step(message: released, enabled: told, choice: choice, task: task))
            waiting.removeAll { $0.label == released.label }
            waiting += caused[place + 1]
            task = released.task
        }
        return order
    }
}
