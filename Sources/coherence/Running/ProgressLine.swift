import Dispatch
import Foundation
import History
import Judging
import Reporting
import ScenarioRunner
import Scenarios
import Support

/// What a command is doing: one line of the terminal that is always up to date; where standard error is piped, a line
/// every few seconds, so that nobody takes it for dead.
final class ProgressLine: Sendable {
    enum Place: Sendable {
        case terminal, pipe, nowhere

        /// Where standard error goes.
        /// - Parameter isWanted: whether anything is to be told.
        static func standardError(_ isWanted: Bool = true) -> Place {
            isWanted ? Console.isErrorTerminal ? .terminal : .pipe : .nowhere
        }
    }

    private struct State {
        var runs: RunProgress
        /// In place of what `runs` says.
        var text: (@Sendable (_ seconds: Double) -> String)?
        var isPaused = false
        var isClosed = false
    }

    private let place: Place
    private let state: Lock<State>
    private let start = ContinuousClock.now

    /// - Parameter total: how many runs there will be.
    init(_ place: Place, total: Int) {
        self.place = place
        state = Lock(State(runs: RunProgress(total: total)))
        if case .nowhere = place { return }
        tickLater()
    }

    func show(_ event: ScenarioRunner.Progress) {
        switch event {
        case .skipped: return
        case .started(let scenario, _): change { $0.now = "\(scenario): setting up" }
        case .phase(let scenario, let phase, let number, let total):
            change { $0.now = "\(scenario): \(phase) (\(number) of \(total))" }
        case .checking(let scenario): change { $0.now = "\(scenario): checking" }
        case .finished(let result): change { $0.end(result.verdict) }
        }
    }

    /// Something has ended that tells nothing else.
    func finish(_ verdict: RunVerdict) { change { $0.end(verdict) } }

    /// What is told from now on.
    func show(_ text: @escaping @Sendable (_ seconds: Double) -> String) {
        state.withLock { $0.text = text }
        draw()
    }

    /// Prints something, with no line of the progress in between.
    func printing(_ print: () -> Void) {
        state.withLock { $0.isPaused = true }
        clear()
        print()
        state.withLock { $0.isPaused = false }
    }

    /// Nothing more is told.
    func close() {
        state.withLock { $0.isClosed = true }
        clear()
    }

    private func change(_ change: (inout RunProgress) -> Void) {
        state.withLock { change(&$0.runs) }
        draw()
    }

    private func clear() {
        if case .terminal = place { Console.clearProgress() }
    }

    /// On a terminal alone: in a pipe, a line stays.
    private func draw() {
        guard case .terminal = place, let text = text() else { return }
        Console.progress(text)
    }

    private func text() -> String? {
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let (runs, text, isTold) = state.withLock { ($0.runs, $0.text, !$0.isPaused && !$0.isClosed) }
        return isTold ? text?(seconds) ?? runs.text(seconds: seconds) : nil
    }

    private func tickLater() {
        let pause = if case .terminal = place { 1 } else { 5 }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(pause)) { [weak self] in
            guard let self, !self.state.withLock({ $0.isClosed }) else { return }
            if case .pipe = place, let text = text() {
                Console.error("progress: \(text)")
            } else {
                draw()
            }
            tickLater()
        }
    }
}
