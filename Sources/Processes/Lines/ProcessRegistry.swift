import Foundation
import Support

/// The processes of a run that are alive.
package final class ProcessRegistry: Sendable {
    private struct State {
        var alive: Set<pid_t> = []
        var stopped: Set<pid_t> = []
    }

    private let caretaker: Caretaker
    private let leadsGroups: Bool
    private let state = Lock(State())

    /// - Parameter leadsGroups: whether each process leads a group of its own and may outlive this process.
    ///   Then the caretaker ends all groups, and all that carries the ``mark``.
    package init(_ caretaker: Caretaker, leadsGroups: Bool = false) {
        self.caretaker = caretaker
        self.leadsGroups = leadsGroups
        // Before any is started: what carries the mark is looked for from now on.
        if leadsGroups { caretaker.endsMarkedProcesses() }
    }

    /// What the environment of such processes says of them, with a slash and something more; see ``MarkedProcesses``.
    package var mark: String { caretaker.mark }

    package var alive: Set<pid_t> { state.withLock { $0.alive } }

    package func started(_ process: pid_t) {
        state.withLock { _ = $0.alive.insert(process) }
        if leadsGroups { caretaker.remember(group: process, isAlive: true) }
    }

    package func ended(_ process: pid_t) {
        let wasStopped = state.withLock { state in
            state.alive.remove(process)
            return state.stopped.remove(process) != nil
        }
        if leadsGroups { caretaker.remember(group: process, isAlive: false) }
        if wasStopped { caretaker.rememberNotStopped(leadsGroups ? -process : process) }
    }

    /// To be called before a process is stopped and after it goes on. A stopped process does not notice that its parent
    /// is gone, so the caretaker lets it go on then.
    package func setStopped(_ isStopped: Bool, _ process: pid_t) async {
        state.withLock { state in
            if isStopped { state.stopped.insert(process) } else { state.stopped.remove(process) }
        }
        let named = leadsGroups ? -process : process
        if isStopped { await caretaker.rememberStopped(named) } else { caretaker.rememberNotStopped(named) }
    }
}
