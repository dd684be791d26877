#if os(Linux)
    import Foundation
    import Gates
    import Testing
    import TestSupport

    @Suite("Whole programs under a clock that is moved", .timeLimit(.minutes(10)))
    struct ClockedRuntimesTests {
        private let hour: Int64 = 3600 * 1_000_000_000

        @Test(
            "A key of Redis lives until the clock is moved, and the server ends when it runs",
            .enabled(if: Programs.path(of: "redis-server") != nil))
        func redis() async throws {
            let rig = try ClockRig()
            let server = try GatedServer(environment: rig.clock.environment())
            let relay = try await server.relay()
            rig.clock.freeze()
            #expect(try relay.exchange(["SET", "a", "1", "EX", "3600"]) == ["SET a"])
            let watch = try QuiescenceWatch(processes: [server.program.id])
            try await eventually("the server is quiet") { try watch.look() == .quiet }
            func answer(_ words: String...) throws -> String {
                let start = relay.given.count
                _ = try relay.exchange(words)
                return String(decoding: relay.given[start...].dropLast(2), as: UTF8.self)
            }
            let time = try answer("PTTL", "a")
            for _ in 0..<50 { #expect(try answer("PTTL", "a") == time) }
            #expect(time == ":3600000")
            rig.clock.advance(to: rig.clock.now + hour - 1_000_000_000)
            #expect(try answer("PTTL", "a") == ":1000")
            #expect(try answer("GET", "a") == "$1\r\n1")
            rig.clock.advance(to: rig.clock.now + 1_001_000_000)
            #expect(try answer("GET", "a") == "$-1")
            try await eventually("the server is quiet") { try watch.look() == .quiet }
            // Its periodic work waits for the clock.
            #expect(rig.clock.deadlines(of: watch.members).map(\.kind).contains(.epoll))
            kill(server.program.id, SIGTERM)
            rig.clock.letRun()
            try await eventually("the server has ended") { !server.program.process.isRunning }
            #expect(server.program.process.terminationStatus == 0)
        }

        @Test("A timer of Node waits for the clock", .enabled(if: Programs.path(of: "node") != nil))
        func node() async throws {
            let rig = try ClockRig()
            let program = try Program(
                "node",
                [
                    "-e",
                    """
                    console.log('ready'); const begin = Date.now();
                    process.stdin.once('data', () => {
                      setTimeout(() => { console.log(Math.round((Date.now() - begin) / 1000)); process.exit(0) }, 3600000)
                    })
                    """,
                ], environment: rig.clock.environment())
            #expect(program.line() == "ready")
            rig.clock.freeze()
            program.say("go")
            let watch = try QuiescenceWatch(processes: [program.id])
            try await eventually("it waits for an hour") {
                try watch.look() == .quiet && rig.clock.deadlines.contains { $0.moment - rig.clock.now > hour / 2 }
            }
            for _ in 0..<100 { #expect(try watch.look() == .quiet) }
            #expect(program.line(patience: 0) == nil)
            rig.clock.advance(to: rig.clock.now + hour + 2_000_000)
            #expect(program.line() == "3600")
        }

        @Test("A sleep of Java waits for the clock", .enabled(if: Programs.path(of: "java") != nil))
        func java() async throws {
            let rig = try ClockRig()
            let source = rig.folder.appending(path: "Sleeper.java")
            let code = """
                public class Sleeper {
                    public static void main(String[] arguments) throws Exception {
                        System.out.println("ready");
                        System.in.read();
                        long begin = System.nanoTime();
                        Thread.sleep(3600000);
                        Object lock = new Object();
                        synchronized (lock) { lock.wait(3600000); }
                        System.out.println((System.nanoTime() - begin) / 1000000000);
                    }
                }
                """
            try code.write(to: source, atomically: true, encoding: .utf8)
            let program = try Program("java", ["-Xshare:auto", source.path], environment: rig.clock.environment())
            #expect(program.line() == "ready")
            rig.clock.freeze()
            program.say("go")
            let watch = try QuiescenceWatch(processes: [program.id])
            for _ in 0..<2 {
                // Threads of the runtime itself wait for a second, or for a day.
                var moment: Int64?
                try await eventually("it waits for an hour") {
                    guard try watch.look() == .quiet else { return false }
                    moment = rig.clock.deadlines.map(\.moment).first { abs($0 - rig.clock.now - hour) < hour / 100 }
                    return moment != nil
                }
                rig.clock.advance(to: try #require(moment))
            }
            #expect(program.line() == "7200")
        }
    }
#endif
