import Foundation

/// Processes that carry a mark in their environment. All that they start carries it too, whatever group, session or
/// parent it is in.
///
/// Linux tells the environment of each process of the same user. Elsewhere none is found, and groups have to do.
package enum MarkedProcesses {
    /// The variable of the environment.
    package static let variable = "COHERENCE_ADAPTER"

    /// All that live and carry a mark, except this process.
    package static func all(_ mark: String) -> [pid_t] {
        #if os(Linux)
            guard let folder = opendir("/proc") else { return [] }
            defer { closedir(folder) }
            // The zero ends it: a mark may be the beginning of another.
            let wanted = Array("\(variable)=\(mark)\0".utf8)
            var found: [pid_t] = []
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                guard let process = pid_t(name), process > 1, process != getpid() else { continue }
                if carries(process, wanted) { found.append(process) }
            }
            return found
        #else
            return []
        #endif
    }

    #if os(Linux)
        private static func carries(_ process: pid_t, _ wanted: [UInt8]) -> Bool {
            let file = open("/proc/\(process)/environ", O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { return false }
            defer { close(file) }
            var environment: [UInt8] = []
            var portion = [UInt8](repeating: 0, count: 65_536)
            while environment.count < mostBytes {
                let count = read(file, &portion, portion.count)
                guard count > 0 else { break }
                environment += portion[0..<count]
            }
            return environment.withUnsafeBytes { contains($0[...], wanted) }
        }

        /// Whether one of the texts, each of which ends with a zero, is the wanted one.
        private static func contains(_ texts: Slice<UnsafeRawBufferPointer>, _ wanted: [UInt8]) -> Bool {
            var rest = UnsafeRawBufferPointer(rebasing: texts)
            while rest.count >= wanted.count, let start = rest.baseAddress, let end = memchr(start, 0, rest.count) {
                let length = start.distance(to: UnsafeRawPointer(end)) + 1
                if length == wanted.count, memcmp(start, wanted, length) == 0 { return true }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length))
            }
            return false
        }

        /// As much as Linux allows for it by default.
        private static let mostBytes = 6 << 20
    #endif

    /// Sends a signal to all of them.
    package static func signal(_ number: Int32, _ mark: String) {
        for process in all(mark) { _ = Foundation.kill(process, number) }
    }

    /// Kills all of them, and what they start meanwhile. Returns when none is left, or after two seconds.
    package static func end(_ mark: String) async {
        let deadline = ContinuousClock.now + .seconds(2)
        while case let processes = all(mark), !processes.isEmpty, ContinuousClock.now < deadline {
            for process in processes { _ = Foundation.kill(process, SIGKILL) }
            do { try await Task.sleep(for: .milliseconds(2)) } catch { return }
        }
    }
}
