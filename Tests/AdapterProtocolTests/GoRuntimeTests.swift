import Foundation
import TestSupport
import Testing

@testable import AdapterProtocol

/// The runtime of `Adapters/go`, with a small cache that logs.
@Suite("The runtime for Go", .enabled(if: Programs.path(of: "go") != nil))
struct GoRuntimeTests {
    private static let sample = """
        package main

        import (
            "context"
            "sync"
        )

        type cache struct {
            lock   sync.Mutex
            values map[string]string
            tags   map[string][]string
            origin *Origin
        }

        func (c *cache) Describe() Description {
            return Description{Name: "a map", Layers: []string{"L2"}, Promises: "acknowledged"}
        }

        func (c *cache) Start(run *Run) error {
            c.origin = run.Origin
            c.origin.Log("warn", "it begins")
            return c.Reset(nil, "")
        }

        func (c *cache) Read(ctx context.Context, key string) (Reading, error) {
            c.lock.Lock()
            value, ok := c.values[key]
            c.lock.Unlock()
            if ok {
                return FoundIn(value, "L2"), nil
            }
            value, tags, exists, err := c.origin.LoadWithTags(ctx, key)
            if err != nil || !exists {
                return Nothing(), err
            }
            c.lock.Lock()
            defer c.lock.Unlock()
            c.values[key], c.tags[key] = value, tags
            return Found(value), nil
        }

        func (c *cache) ReadMany(ctx context.Context, keys []string) ([]Reading, error) {
            readings := []Reading{}
            for _, key := range keys {
                reading, err := c.Read(ctx, key)
                if err != nil {
                    return nil, err
                }
                readings = append(readings, reading)
            }
            return readings, nil
        }

        func (c *cache) Write(ctx context.Context, key, value string, options WriteOptions) error {
            if err := c.origin.Commit(ctx, key, value); err != nil {
                return err
            }
            return c.Invalidate(ctx, key)
        }

        func (c *cache) Delete(ctx context.Context, key string) error {
            if err := c.origin.CommitDeletion(ctx, key); err != nil {
                return err
            }
            return c.Invalidate(ctx, key)
        }

        func (c *cache) Invalidate(ctx context.Context, key string) error {
            c.lock.Lock()
            defer c.lock.Unlock()
            delete(c.values, key)
            return nil
        }

        func (c *cache) InvalidateTag(ctx context.Context, tag string) error {
            c.lock.Lock()
            defer c.lock.Unlock()
            for key, tags := range c.tags {
                for _, each := range tags {
                    if each == tag {
                        delete(c.values, key)
                    }
                }
            }
            return nil
        }

        func (c *cache) Clear(ctx context.Context) error { return c.Reset(ctx, "") }

        func (c *cache) Inspect(ctx context.Context, layer string, keys []string) (map[string]string, error) {
            c.lock.Lock()
            defer c.lock.Unlock()
            entries := map[string]string{}
            for _, key := range keys {
                if value, ok := c.values[key]; ok {
                    entries[key] = value
                }
            }
            return entries, nil
        }

        func (c *cache) Quiesce(ctx context.Context) error { return nil }

        func (c *cache) Reset(ctx context.Context, namespace string) error {
            c.lock.Lock()
            defer c.lock.Unlock()
            c.values, c.tags = map[string]string{}, map[string][]string{}
            return nil
        }

        func main() { Serve(&cache{}) }
        """

    @Test("It passes every step, and what the adapter logs is kept")
    func examination() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "go-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.sample.write(toFile: "\(folder)/main.go", atomically: true, encoding: .utf8)
        try FileManager.default.copyItem(
            atPath: "\(AdapterExaminationTests.adapters)/go/coherence_adapter.go",
            toPath: "\(folder)/coherence_adapter.go")
        var configuration = AdapterProcess.Configuration(command: "go build -o adapter . && exec ./adapter")
        configuration.folder = folder
        configuration.environment = ["GO111MODULE": "off", "GOFLAGS": ""]
        configuration.startLimit = .seconds(300)
        configuration.answerLimit = .seconds(60)
        let report = await AdapterExamination.examine(
            configuration, start: AdapterStart(workers: 16, directory: folder, namespace: "n"))
        let failed = report.steps.filter { $0.outcome != .passed }
        #expect(failed.isEmpty, "\(failed)")
        #expect(report.steps.count == 17)
        #expect(report.logs == ["warn: it begins"])
        #expect(report.moreLogs == 0)
    }
}
