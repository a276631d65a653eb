// A closed loop of sets or gets through ZooKeeper's own Java client, for bench/own-tool-cost.ts. Prints the operations that
// succeeded and this process' processor time for them in seconds, after as many that warm up the JVM.
//
//     java -cp CLASSPATH ZooKeeperKv.java put|get CLIENTS OPERATIONS KEY-COUNT VALUE-BYTES HOST:PORT...
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

public class ZooKeeperKv {
  public static void main(String[] args) throws Exception {
    boolean puts = args[0].equals("put");
    int operations = Integer.parseInt(args[2]);
    int keys = Integer.parseInt(args[3]);
    byte[] value = new byte[Integer.parseInt(args[4])];
    List<ZooKeeper> clients = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[1]); i++)
      clients.add(new ZooKeeper(args[5 + i % (args.length - 5)], 10_000, event -> {}));
    for (int key = 0; key < keys; key++) create(clients.get(0), "/cost-" + key, value);
    loop(clients, puts, keys, value, operations);
    var machine = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long before = machine.getProcessCpuTime();
    long done = loop(clients, puts, keys, value, operations);
    System.out.println(done + " " + (machine.getProcessCpuTime() - before) / 1e9);
    for (ZooKeeper client : clients) client.close();
  }

  static long loop(List<ZooKeeper> clients, boolean puts, int keys, byte[] value, int operations) throws Exception {
    AtomicLong done = new AtomicLong();
    AtomicLong begun = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      int first = i;
      Thread thread = new Thread(() -> {
        for (long n; (n = begun.getAndIncrement()) < operations; ) {
          String path = "/cost-" + n % keys;
          try {
            if (puts) clients.get(first).setData(path, value, -1);
            else clients.get(first).getData(path, false, null);
            done.incrementAndGet();
          } catch (KeeperException | InterruptedException failed) {
            System.err.println(failed);
          }
        }
      });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) thread.join();
    return done.get();
  }

  static void create(ZooKeeper client, String path, byte[] value) throws Exception {
    try {
      client.create(path, value, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    } catch (KeeperException.NodeExistsException there) {
      client.setData(path, value, -1);
    }
  }
}
