import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Records as files, one each, read as a service without a cache would: opened, read, decoded.
struct RecordFiles {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let folder: String

    func path(_ number: Int) -> String { "\(folder)/record-\(number).json" }

    /// Writes a file and waits until it is on the disk. The system cannot drop a page that it has not written yet.
    func store(_ bytes: [UInt8], _ number: Int) throws {
        let file = open(path(number), O_CREAT | O_TRUNC | O_WRONLY, 0o600)
        guard file >= 0 else { throw failure("open", number) }
        defer { close(file) }
        guard bytes.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) == bytes.count,
            fsync(file) == 0
        else { throw failure("write", number) }
    }

    func load(_ number: Int, _ decoder: JSONDecoder) throws -> ServiceRecord {
        let file = open(path(number), O_RDONLY)
        guard file >= 0 else { throw failure("open", number) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure("stat", number) }
        let size = Int(status.st_size)
        var data = Data(count: size)
        let count = data.withUnsafeMutableBytes { read(file, $0.baseAddress, size) }
        guard count == size else { throw failure("read", number) }
        return try decoder.decode(ServiceRecord.self, from: data)
    }

    /// Asks the system to forget the file's pages.
    /// - Returns: how many it keeps all the same.
    func evict(_ number: Int) throws -> Int {
        let file = open(path(number), O_RDONLY)
        guard file >= 0 else { throw failure("open", number) }
        defer { close(file) }
        #if canImport(Glibc)
            guard posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0 else { throw failure("posix_fadvise", number) }
        #endif
        return try residentPages(file, number)
    }

    private func residentPages(_ file: Int32, _ number: Int) throws -> Int {
        #if canImport(Glibc)
            var status = stat()
            guard fstat(file, &status) == 0 else { throw failure("stat", number) }
            let size = Int(status.st_size)
            guard let address = mmap(nil, size, PROT_READ, MAP_SHARED, file, 0), address != MAP_FAILED else {
                throw failure("mmap", number)
            }
            defer { munmap(address, size) }
            let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
            var pages = [UInt8](repeating: 0, count: (size + pageSize - 1) / pageSize)
            guard pages.withUnsafeMutableBufferPointer({ mincore(address, size, $0.baseAddress) }) == 0 else {
                throw failure("mincore", number)
            }
            // Only the lowest bit says whether the page is there.
            return pages.count { $0 & 1 == 1 }
        #else
            // Nothing was asked to forget them, so they are taken to be there.
            return 1
        #endif
    }

    private func failure(_ what: String, _ number: Int) -> Failure {
        Failure(description: "\(what) of \(path(number)): \(String(cString: strerror(errno)))")
    }
}

/// A record as a service would have it: an account with its permissions, some kilobytes of JSON.
struct ServiceRecord: Codable, Sendable {
    struct Permission: Codable, Sendable {
        var resource: String
        var actions: [String]
        var grantedBy: String
        var isInherited: Bool
    }

    var id: Int
    var name: String
    var tenant: String
    var limits: [String: Int]
    var permissions: [Permission]

    /// - Parameter id: decides everything else.
    init(id: Int) {
        self.id = id
        name = "Account number \(id)"
        tenant = "tenant-\(id % 7)"
        limits = Dictionary(uniqueKeysWithValues: (0..<8).map { ("limit-\($0)", id * 10 + $0) })
        permissions = (0..<24).map { number in
            Permission(
                resource: "/projects/\(id)/documents/\(number)", actions: ["read", "write", "share"],
                grantedBy: "administrator-\(number % 3)@example.org", isInherited: number % 2 == 0)
        }
    }
}
