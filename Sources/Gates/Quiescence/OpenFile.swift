import Foundation
import History

/// What a process has open: to tell what goes past the gates.
package struct OpenFile: Sendable, Equatable {
    /// What it is.
    package enum Kind: Sendable, Equatable {
        /// A TCP socket, by its two addresses (`127.0.0.1:6379`); one that listens has no remote address.
        case tcp(local: String, remote: String?)
        /// A UDP socket, by its addresses.
        case udp(local: String, remote: String?)
        /// A Unix socket. The path is that of the socket itself, which the connecting side has none of.
        case unix(path: String?)
        /// A socket of another family, or of another network namespace.
        case otherSocket
        case pipe
        case regular(path: String, isWritable: Bool)
        case device(path: String)
        /// Such as `eventfd`, `io_uring`, `inotify`.
        case kernel(String)
        case other(String)
    }

    package var process: pid_t
    package var descriptor: Int32
    package var kind: Kind

    /// All that a process has open; empty if it is gone, or on another system than Linux.
    package static func all(of process: pid_t) -> [OpenFile] {
        #if os(Linux)
            let folder = "/proc/\(process)/fd"
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
            let links = names.compactMap(Int32.init).sorted().compactMap { descriptor -> (Int32, String)? in
                guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)")
                else { return nil }
                return (descriptor, target)
            }
            let wanted = links.compactMap { inode($0.1) }
            var sockets: [String: Kind] = [:]
            // The kernel's table may skip one while others come and go.
            for _ in 0..<3 where !wanted.allSatisfy({ sockets[$0] != nil }) {
                sockets.merge(SocketTable.sockets(of: process)) { $1 }
            }
            return links.map { descriptor, target in
                OpenFile(
                    process: process, descriptor: descriptor, kind: kind(process, descriptor, target, sockets))
            }
        #else
            return []
        #endif
    }

    private static func inode(_ target: String) -> String? {
        target.hasPrefix("socket:[") ? String(target.dropFirst("socket:[".count).dropLast()) : nil
    }

    private static func kind(
        _ process: pid_t, _ descriptor: Int32, _ target: String, _ sockets: [String: Kind]
    ) -> Kind {
        if let inode = inode(target) { return sockets[inode] ?? .otherSocket }
        if target.hasPrefix("pipe:[") { return .pipe }
        if target.hasPrefix("anon_inode:") {
            return .kernel(target.dropFirst("anon_inode:".count).filter { !"[]".contains($0) }.printable)
        }
        guard target.hasPrefix("/") else { return .other(target.printable) }
        if target.hasPrefix("/dev/") { return .device(path: target.printable) }
        return .regular(path: target.printable, isWritable: isWritable(process, descriptor))
    }

    private static func isWritable(_ process: pid_t, _ descriptor: Int32) -> Bool {
        let path = "/proc/\(process)/fdinfo/\(descriptor)"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("flags:") }),
            let flags = Int32(line.dropFirst("flags:".count).trimmingCharacters(in: .whitespaces), radix: 8)
        else { return false }
        return flags & O_ACCMODE != O_RDONLY
    }
}

/// The sockets of a process's network namespace, by inode.
enum SocketTable {
    static func sockets(of process: pid_t) -> [String: OpenFile.Kind] {
        var sockets: [String: OpenFile.Kind] = [:]
        for (name, isTCP) in [("tcp", true), ("tcp6", true), ("udp", false), ("udp6", false)] {
            for line in lines("/proc/\(process)/net/\(name)") {
                let words = line.split(separator: " ")
                guard words.count > 9, let local = address(words[1]), let remote = address(words[2]) else { continue }
                let isConnected = !words[2].hasSuffix(":0000")
                sockets[String(words[9])] =
                    isTCP
                    ? .tcp(local: local, remote: isConnected ? remote : nil)
                    : .udp(local: local, remote: isConnected ? remote : nil)
            }
        }
        for line in lines("/proc/\(process)/net/unix") {
            let words = line.split(separator: " ", maxSplits: 7)
            guard words.count > 6 else { continue }
            sockets[String(words[6])] = .unix(path: words.count > 7 ? String(words[7]).printable : nil)
        }
        return sockets
    }

    private static let mostBytes = 16 << 20

    private static func lines(_ path: String) -> [Substring] {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { return [] }
        defer { close(file) }
        // Such a file says no length, and gives a page at a time.
        var text: [UInt8] = []
        var page = [UInt8](repeating: 0, count: 1 << 16)
        while text.count < mostBytes, case let count = read(file, &page, page.count), count > 0 {
            text += page[..<count]
        }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst().map { $0 }
    }

    /// The kernel's `0100007F:18EB` as `127.0.0.1:6379`. An address is in words of four bytes of the machine's order.
    static func address(_ text: Substring) -> String? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16), [8, 32].contains(parts[0].count) else {
            return nil
        }
        var bytes: [UInt8] = []
        var rest = parts[0]
        while !rest.isEmpty {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            withUnsafeBytes(of: word) { bytes += $0 }
            rest = rest.dropFirst(8)
        }
        if bytes.count == 16, bytes.prefix(12).elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) {
            bytes.removeFirst(12)
        }
        if bytes.count == 4 { return "\(bytes.map(String.init).joined(separator: ".")):\(port)" }
        if bytes.dropLast().allSatisfy({ $0 == 0 }) {
            return bytes[15] == 0 ? "[::]:\(port)" : "[::\(bytes[15])]:\(port)"
        }
        let groups = stride(from: 0, to: 16, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
        return "[\(groups.joined(separator: ":"))]:\(port)"
    }
}
