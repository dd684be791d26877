import Foundation

/// A file of this process for readers that want one; it has no name once the process has ended.
enum ScratchFile {
    static let path: String = {
        let path = FileManager.default.temporaryDirectory.path + "/coherence-fuzz-\(getpid())"
        atexit { unlink(ScratchFile.path) }
        return path
    }()

    /// - Returns: the path.
    static func holding(_ bytes: UnsafeRawBufferPointer) -> String {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "the scratch file cannot be written")
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = write(descriptor, bytes.baseAddress! + written, bytes.count - written)
            precondition(count > 0, "the scratch file cannot be written")
            written += count
        }
        return path
    }
}
