import Foundation

/// Programs of this machine.
package enum Programs {
    /// Where a program is on the PATH; `nil` if it is not.
    package static func path(of program: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// The processes whose environment has a text, on Linux.
    package static func processes(carrying text: String) -> [Int] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int($0) } ?? []
        return processes.filter { process in
            let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
            return environment.range(of: Data(text.utf8)) != nil
        }
    }

    /// The path of a Python that has a library: the first of the PATH, or the system's.
    package static func python(importing library: String) -> String? {
        [path(of: "python3"), "/usr/bin/python3"].compactMap { $0 }.first { python in
            let process = Process()
            process.executableURL = URL(filePath: python)
            process.arguments = ["-c", "import \(library)"]
            process.standardError = FileHandle.nullDevice
            process.standardInput = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }
}
