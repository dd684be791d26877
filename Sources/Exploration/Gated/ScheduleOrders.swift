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

    /// Whether letting a waiting message through at a step, and not when it was, gives the same order but for messages that
    /// commute.
    static func isSame(_ run: GatedRun, letting message: GatedMessage, throughAt step: Int) -> Bool {
        guard let later = run.steps[step...].firstIndex(where: { $0.message.label == message.label }) else {
            return false
        }
        // What came of it is known of the run in which it was let through.
        let released = run.steps[later].message
        return run.steps[step..<later].allSatisfy { !$0.message.meets(released) }
    }
}
