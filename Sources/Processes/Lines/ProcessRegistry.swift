import Foundation
import Support

/// The processes of a run that are alive.
package final class ProcessRegistry: Sendable {
    private struct State {
        var alive: Set<pid_t> = []
        var stopped: Set<pid_t> = []
    }

    private let caretaker: Caretaker
    private let state = Lock(State())

    package init(_ caretaker: Caretaker) { self.caretaker = caretaker }

    package var alive: Set<pid_t> { state.withLock { $0.alive } }

    package func started(_ process: pid_t) { state.withLock { _ = $0.alive.insert(process) } }

    package func ended(_ process: pid_t) {
        state.withLock { state in
            state.alive.remove(process)
            state.stopped.remove(process)
        }
    }

    /// To be called before a process is stopped and after it goes on. A stopped process does not notice that its parent
    /// is gone, so the caretaker lets it go on then.
    package func setStopped(_ isStopped: Bool, _ process: pid_t) async {
        let all = state.withLock { state in
            if isStopped { state.stopped.insert(process) } else { state.stopped.remove(process) }
            return state.stopped
        }
        await caretaker.rememberStopped(all)
    }
}
