import Support
import Testing

@testable import ScenarioRunner

@Suite("A director")
struct DirectorTests {
    /// What tasks did, in order.
    private final class Diary: Sendable {
        private let lines = Lock<[String]>([])
        func note(_ line: String) { lines.withLock { $0.append(line) } }
        var text: String { lines.withLock { $0.joined(separator: " ") } }
    }

    private static func order(_ steps: String) -> DrivenOrder {
        DrivenOrder(
            steps: steps.split(separator: " ").map { step in
                DrivenOrder.Step(task: "worker \(step.first!)", point: String(step.dropFirst()))
            })
    }

    /// Lets workers come to points, all at once, and returns the order in which they went on.
    private static func drive(
        _ director: Director, _ workers: [String: [String]], patience: Duration = .seconds(60)
    ) async -> String {
        let diary = Diary()
        let watching = Task { await director.watch(patience: patience) }
        await withDiscardingTaskGroup { group in
            for (worker, points) in workers {
                group.addTask {
                    for point in points {
                        await director.pass(point, by: "worker \(worker)")
                        // Others would come in between here, if they were let go already.
                        for _ in 0..<20 { await Task.yield() }
                        diary.note(worker + point)
                    }
                    director.rest("worker \(worker)")
                }
            }
        }
        director.open()
        watching.cancel()
        await watching.value
        return diary.text
    }

    @Test(
        "Tasks go on in the order that is given, one at a time, whoever comes first",
        arguments: ["1a 1b 2a 2b", "2a 2b 1a 1b", "1a 2a 1b 2b", "2a 1a 1b 2b"])
    func order(steps: String) async {
        for _ in 0..<50 {
            let director = Director(Self.order(steps))
            #expect(await Self.drive(director, ["1": ["a", "b"], "2": ["a", "b"]]) == steps)
            #expect(
                director.report() == DrivingReport(steps: 4, stepsTaken: 4, passedFreely: 0, divergence: nil))
        }
    }

    @Test("A task that the order does not name passes freely, and so does one that is beyond its last step")
    func freely() async {
        let director = Director(Self.order("1a 2a"))
        let passed = await Self.drive(director, ["1": ["a"], "2": ["a", "b"], "3": ["x", "y"]])
        #expect(passed.split(separator: " ").count == 5)
        #expect(director.report() == DrivingReport(steps: 2, stepsTaken: 2, passedFreely: 3, divergence: nil))
    }

    @Test("A task at another point than the order says is told of, and everybody goes on")
    func otherPoint() async {
        let director = Director(Self.order("1a 2a 1b"))
        let passed = await Self.drive(director, ["1": ["a", "c"], "2": []])
        #expect(passed == "1a 1c")
        let told = "diverged at step 2 of 3: waiting for worker 1 at b; came: worker 1 at c"
        #expect(director.report() == DrivingReport(steps: 3, stepsTaken: 1, passedFreely: 0, divergence: told))
    }

    @Test("An order that waits for somebody who never comes is left, and whoever was held goes on")
    func neverComes() async {
        let director = Director(Self.order("1a 2a 1b"))
        #expect(await Self.drive(director, ["1": ["a", "b"]], patience: .milliseconds(5)) == "1a 1b")
        let told =
            "diverged at step 2 of 3: waiting for worker 2 at a; it has not come for 0.005 seconds; held: worker 1 at b"
        #expect(director.report().divergence == told)
    }

    @Test("A task that does not come to rest is told of")
    func noRest() async {
        let director = Director(Self.order("1a 2a"))
        await director.pass("a", by: "worker 1")
        let watching = Task { await director.watch(patience: .milliseconds(5)) }
        await director.pass("a", by: "worker 2")
        await watching.value
        let told =
            "diverged at step 2 of 2: waiting for worker 2 at a; worker 1 has not come to rest for 0.005 seconds; "
            + "held: worker 2 at a"
        #expect(director.report().divergence == told)
    }

    @Test("A run that ends before its workers have taken their steps has left the order")
    func endsEarly() async {
        let director = Director(Self.order("1a 1b"))
        #expect(await Self.drive(director, ["1": ["a"]]) == "1a")
        #expect(director.report().divergence == "diverged at step 2 of 2: waiting for worker 1 at b; the run ended")
    }
}
