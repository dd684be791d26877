import Foundation
import Subprocess
import Support
import Synchronization
import SystemPackage

/// Keeps a run's folder, and its private redis-server (and a replica of it) if it has one, exactly as long as this process lives;
/// and ends what a run has started and what does not end by itself.
///
/// They are in the hands of a small shell process that waits for the end of its standard input. The pipe's other end is
/// ours, so whatever ends this process (a crash and SIGKILL included) ends the server and removes the folder.
package final class Caretaker: Sendable {
    /// The folder, for sockets, databases and the server's log.
    package let folder: String
    private let task: Task<Void, any Error>
    /// What the shell is told, a line each; its end is the end.
    private let orders: AsyncStream<Order>.Continuation

    /// Of all that use the same caretaker. Groups are negative.
    private let remembered = Lock(Remembered())

    private struct Remembered {
        var groups: Set<pid_t> = []
        var stopped: Set<pid_t> = []
    }

    private struct Order: Sendable {
        let text: String
        /// To be woken when the shell has been told.
        var waiting: CheckedContinuation<Void, Never>?
    }

    private init(folder: String, task: Task<Void, any Error>, orders: AsyncStream<Order>.Continuation) {
        self.folder = folder
        self.task = task
        self.orders = orders
    }

    /// `$1` is the folder, the rest the command of the server, if any. Interrupts meant for the run do not concern it. The folder
    /// is made here, where there is somebody to remove it whatever becomes of the process that wants it; a line says so.
    private static let script = """
        folder=$1; shift
        # Who waits for the line may be gone before it is written, and then the folder is to be removed all the same.
        trap '' PIPE
        mkdir -m 700 "$folder" || exit
        echo made 2>/dev/null
        start() { "$@" >>"$folder/redis.log" 2>&1 </dev/null & started=$!; }
        # Its number is written down, so that nobody takes another server for it.
        serve() { server=$1; echo "$server" >"$folder/server.pid"; }
        end() { if [ -n "$1" ]; then kill -KILL "$1" 2>/dev/null; wait "$1" 2>/dev/null; fi; }
        if [ $# -gt 0 ]; then start "$@"; serve "$started"; fi
        trap '' INT TERM HUP
        # Each line is an order. The server is started once more, with the arguments that follow besides, when it is gone
        # (start), or after it was killed (restart). Another one is started beside it (replica), is the server from now on
        # (promote), or is ended (end-replica). Some processes are stopped; groups are to be ended with the run.
        while read -r order arguments; do
            case "$order" in
            stopped) stopped=$arguments ;;
            groups) groups=$arguments; marked=yes ;;
            replica) start "$@" $arguments; replica=$started ;;
            promote) wait "$server" 2>/dev/null; serve "$replica"; replica= ;;
            end-replica) end "$replica"; replica= ;;
            *)
                if [ "$order" = restart ]; then kill -KILL "$server"; fi
                wait "$server" 2>/dev/null
                start "$@" $arguments
                serve "$started"
                ;;
            esac
        done
        if [ -n "$groups" ]; then kill -s KILL -- $groups 2>/dev/null; fi
        # Those who stand still notice only when they go on that they are alone. The system sees to that itself, but not
        # where who adopts them is of their session, as in a container.
        if [ -n "$stopped" ]; then kill -s CONT -- $stopped 2>/dev/null; fi
        # What has left its group is known by its environment, where the system tells that.
        tries=0
        while [ -n "$marked" ] && [ $tries -lt 50 ]; do
            marked=$(grep -ls "\(MarkedProcesses.variable)=${folder##*/}/" /proc/[0-9]*/environ 2>/dev/null)
            for file in $marked; do process=${file%/environ}; kill -KILL "${process#/proc/}" 2>/dev/null; done
            tries=$((tries + 1))
        done
        end "$replica"
        end "$server"
        # Who is just ending may still put a file there; it ends, and then there are none.
        until rm -rf "$folder" 2>/dev/null || [ ! -w "$folder" ]; do :; done
        """

    /// - Parameter server: the command of a server to run in the folder, given the folder; `nil` for none.
    package static func start(server: ((_ folder: String) -> [String])?) async throws -> Caretaker {
        // Short, because the path of a Unix socket may have a hundred characters at most.
        let base = FileManager.default.temporaryDirectory.path
        let folder =
            "\(base)/coherence-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0...UInt32.max))"
        guard folder.utf8.count + longestSocketName <= longestSocketPath else {
            throw WorldError(
                .hostUnusable,
                "the path of the temporary folder, \(base), is too long: the path of a Unix socket in it would have more "
                    + "than \(longestSocketPath) bytes", advice: "Set TMPDIR to a shorter one")
        }
        let command = server?(folder) ?? []
        let (received, orders) = AsyncStream.makeStream(of: Order.self)
        let (made, isMade) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            defer { isMade.finish() }
            var options = PlatformOptions()
            // A group of its own: Ctrl-C goes to the whole group of the terminal, and the server has to outlive the run.
            options.processGroupID = 0
            _ = try await run(
                .path("/bin/sh"), arguments: Arguments(["-c", script, "coherence-caretaker", folder] + command),
                platformOptions: options, input: .inputWriter, output: .sequence, error: .discarded
            ) { execution in
                for try await _ in execution.standardOutput.strings() {
                    isMade.yield()
                    break
                }
                isMade.finish()
                for await order in received {
                    // Of a shell that is gone nobody need be told: it was the run's end.
                    _ = try? await execution.standardInputWriter.write(order.text + "\n")
                    order.waiting?.resume()
                }
                try await execution.standardInputWriter.finish()
            }
        }
        for await _ in made { return Caretaker(folder: folder, task: task, orders: orders) }
        orders.finish()
        try? await task.value
        throw WorldError(
            .hostUnusable, "no folder could be made in \(base)", advice: "Set TMPDIR to one that can be written")
    }

    /// What the path of a Unix socket may have, without the zero at its end.
    private static let longestSocketPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
    /// With its slash: `redis.sock`, and the sockets of routes, which have a random name of seven characters and a number.
    private static let longestSocketName = 20

    /// Has the server started once more, after its end.
    /// - Parameter arguments: after those that it was started with; words without blanks in them.
    func startServerAgain(_ arguments: String) { orders.yield(Order(text: "start \(arguments)")) }

    /// Kills the server without warning and starts it again; returns before it answers.
    func restartServer() { orders.yield(Order(text: "restart")) }

    /// What the environment of processes says that are to be ended with the run, with a slash and something more.
    package var mark: String { String(folder.split(separator: "/").last ?? "") }

    /// The process of the server that was started last and is in use; `nil` if there is none.
    package var server: pid_t? {
        let text = try? String(contentsOfFile: "\(folder)/server.pid", encoding: .utf8)
        return text.flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// Has all that carries the ``mark`` killed when this process is gone.
    func endsMarkedProcesses() { change { Order(text: "groups \($0.groups.spaced)") } }

    /// Has a group of processes killed when this process is gone, as long as it is alive.
    func remember(group: pid_t, isAlive: Bool) {
        change { state in
            // The process itself may have joined another group.
            if isAlive { state.groups.formUnion([group, -group]) } else { state.groups.subtract([group, -group]) }
            return Order(text: "groups \(state.groups.spaced)")
        }
    }

    /// Has a process go on when this one is gone, or a group if its number is negative; returns when that is sure.
    func rememberStopped(_ process: pid_t) async {
        await withCheckedContinuation { continuation in
            change { state in
                state.stopped.insert(process)
                return Order(text: "stopped \(state.stopped.spaced)", waiting: continuation)
            }
        }
    }

    func rememberNotStopped(_ process: pid_t) {
        change { state in
            state.stopped.remove(process)
            return Order(text: "stopped \(state.stopped.spaced)")
        }
    }

    private func change(_ body: (inout Remembered) -> Order) {
        remembered.withLock { state in
            let order = body(&state)
            if case .terminated = orders.yield(order) { order.waiting?.resume() }
        }
    }

    /// Has another server started beside the first one, with these arguments after those of the first one.
    package func startReplica(_ arguments: String) { orders.yield(Order(text: "replica \(arguments)")) }

    /// The other server takes the place of the first one, which is gone.
    package func promoteReplica() { orders.yield(Order(text: "promote")) }

    package func endReplica() { orders.yield(Order(text: "end-replica")) }

    /// Ends the servers and removes the folder; returns when both are gone.
    package func stop() async {
        orders.finish()
        do {
            try await task.value
        } catch {
            // The shell could not be started or waited for: what it would have done is done here.
            try? FileManager.default.removeItem(atPath: folder)
        }
    }
}

extension Set<pid_t> {
    fileprivate var spaced: String { map(String.init).joined(separator: " ") }
}
