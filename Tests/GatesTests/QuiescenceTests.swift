#if os(Linux)
    import Foundation
    import Gates
    import Testing
    import TestSupport

    @Suite("Whether a process is quiet", .timeLimit(.minutes(10)))
    struct QuiescenceTests {
        private func untilQuiet(_ watch: QuiescenceWatch) async throws {
            try await eventually("all threads are asleep") {
                let look = try watch.look()
                guard look != .gone else { throw NeverHappened(description: "the process has ended") }
                return look == .quiet
            }
        }

        @Test("A process that waits for its input is quiet, and is not while it has some")
        func sleeper() async throws {
            let program = try Program(
                python: """
                    import sys
                    print('ready')
                    for line in sys.stdin:
                        x = sum(range(int(line)))
                        sys.stdout.write('done\\n')
                    """)
            #expect(program.line() == "ready")
            let watch = try QuiescenceWatch(processes: [program.id])
            try await untilQuiet(watch)
            for _ in 0..<200 {
                // It computes for milliseconds, and says so after that.
                program.say("300000")
                while try watch.look() != .quiet {}
                #expect(program.line(patience: 0) == "done")
            }
            #expect(watch.members == [program.id])
            let states = watch.states()
            #expect(states.map(\.process) == [program.id])
            #expect(states.first?.name == "python3" && states.first?.state == "S")
        }

        @Test("A process that computes is busy, and so is one that is only about to wake")
        func spinner() async throws {
            let program = try Program(python: "print('ready')\nwhile True: pass")
            #expect(program.line() == "ready")
            let watch = try QuiescenceWatch(processes: [program.id])
            for _ in 0..<200 {
                guard case .busy(let thread) = try watch.look() else {
                    Issue.record("a process that computes is said to be quiet")
                    return
                }
                #expect(thread.process == program.id)
            }
            #expect(watch.states().first?.state == "R")
        }

        @Test("Threads that begin and end are noticed")
        func threads() async throws {
            let program = try Program(
                python: """
                    import sys, threading
                    go = threading.Semaphore(0)
                    def work():
                        go.acquire()
                        sum(range(300000))
                        sys.stdout.write('done\\n')
                    print('ready')
                    for line in sys.stdin:
                        if line.strip() == 'start': threading.Thread(target=work).start()
                        else: go.release()
                        sys.stdout.write('heard\\n')
                    """)
            #expect(program.line() == "ready")
            let watch = try QuiescenceWatch(processes: [program.id])
            try await untilQuiet(watch)
            for count in 1...8 {
                program.say("start")
                while try watch.look() != .quiet {}
                #expect(program.line(patience: 0) == "heard")
                #expect(watch.states().count == count + 1)
            }
            for count in (0..<8).reversed() {
                program.say("go")
                while try watch.look() != .quiet {}
                let said = Set([program.line(patience: 0), program.line(patience: 0)])
                #expect(said == ["heard", "done"])
                #expect(watch.states().count == count + 1)
            }
        }

        @Test("What a shell starts belongs to it, and so does what that starts")
        func children() async throws {
            let inner = "read line; /usr/bin/python3 -c \"sum(range(3000000))\"; echo done; read line"
            let program = try Program("sh", ["-c", "sh -c '\(inner)'; true"])
            let watch = try QuiescenceWatch(processes: [program.id])
            try await eventually("both shells wait") {
                try watch.look() == .quiet && watch.members.count == 2
            }
            program.say("go")
            while try watch.look() != .quiet {}
            #expect(program.line(patience: 0) == "done")
            program.say("end")
            try await eventually("all have ended") { try watch.look() == .gone }
            #expect(watch.members.count <= 1)
        }

        @Test("A child whose parent is gone is found if somebody knows of it")
        func orphans() async throws {
            let program = try Program(
                "sh", ["-c", "(sleep 1000 >/dev/null & echo $!) | cat; read line"])
            let orphan = try #require(program.line().flatMap { pid_t($0) })
            defer { kill(orphan, SIGKILL) }
            let watch = try QuiescenceWatch(processes: [program.id], others: { [orphan] })
            try await untilQuiet(watch)
            program.say("end")
            try await eventually("only the orphan is left") {
                try watch.look() == .quiet && watch.members.contains(orphan)
            }
            kill(orphan, SIGKILL)
            try await eventually("all have ended") { try watch.look() == .gone }
        }

        @Test("A stopped process is quiet, and one that is not there is gone")
        func stopped() async throws {
            let program = try Program(python: "print('ready')\nwhile True: pass")
            #expect(program.line() == "ready")
            let watch = try QuiescenceWatch(processes: [program.id])
            kill(program.id, SIGSTOP)
            try await untilQuiet(watch)
            kill(program.id, SIGCONT)
            try await eventually("it computes again") { try watch.look() != .quiet }
            program.kill()
            #expect(try watch.look() == .gone)
            #expect(watch.states() == [] && watch.files() == [])
            #expect(try QuiescenceWatch(processes: [program.id]).look() == .gone)
        }

        @Test("Files and sockets of a process have their names")
        func files() throws {
            let folder = URL(filePath: "/tmp/gates-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let program = try Program(
                python: """
                    import socket, sys
                    a = socket.socket(); a.bind(('127.0.0.1', 0)); a.listen()
                    b = socket.create_connection(a.getsockname())
                    c = socket.socket(socket.AF_UNIX); c.bind('\(folder.path)/s'); c.listen()
                    d = open('\(folder.path)/f', 'w')
                    e = open('\(folder.path)/f')
                    f = socket.socket(socket.AF_INET6); f.bind(('::1', 0)); f.listen()
                    print(a.getsockname()[1], b.getsockname()[1], f.getsockname()[1])
                    sys.stdin.read()
                    """)
            let ports = try #require(program.line()).split(separator: " ")
            let kinds = OpenFile.all(of: program.id).map(\.kind)
            #expect(kinds.contains(.tcp(local: "127.0.0.1:\(ports[0])", remote: nil)))
            #expect(kinds.contains(.tcp(local: "127.0.0.1:\(ports[1])", remote: "127.0.0.1:\(ports[0])")))
            #expect(kinds.contains(.tcp(local: "[::1]:\(ports[2])", remote: nil)))
            #expect(kinds.contains(.unix(path: "\(folder.path)/s")))
            #expect(kinds.contains(.regular(path: "\(folder.path)/f", isWritable: true)))
            #expect(kinds.contains(.regular(path: "\(folder.path)/f", isWritable: false)))
            #expect(kinds.contains(.pipe))
        }
    }
#endif
