/** What a system promises of sessions. */

/**
 * `renewal`: what the answer to a keep-alive proves.
 * - `counted`: the session lives for its whole time from when the keep-alive was sent (etcd).
 * - `received`: the node received it. Another node counts the time, and may have missed it around a fault: ZooKeeper's followers
 *   answer pings themselves, and a deposed Consul leader answers renewals.
 */
export interface SessionPromise {
  readonly renewal: "counted" | "received";
}
