import Foundation

/// What `ps` says of processes.
enum ProcessList {
    struct Row {
        let process: pid_t
        let parent: pid_t
        let isStopped: Bool
        let arguments: [Substring]
    }

    static func all() throws -> [Row] {
        let list = Process()
        let output = Pipe()
        list.executableURL = URL(filePath: "/bin/ps")
        list.arguments = ["-A", "-o", "pid=,ppid=,stat=,args="]
        list.standardOutput = output
        try list.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        list.waitUntilExit()
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count > 3, let process = pid_t(words[0]), let parent = pid_t(words[1]), !words[2].hasPrefix("Z")
            else { return nil }
            return Row(
                process: process, parent: parent, isStopped: words[2].hasPrefix("T"), arguments: Array(words[3...]))
        }
    }

    /// The children of a process that were called with a subcommand, by number.
    static func children(of parent: pid_t, named subcommand: String) throws -> [pid_t] {
        try all().filter { $0.parent == parent && $0.arguments.last.map(String.init) == subcommand }.map(\.process)
            .sorted()
    }
}
