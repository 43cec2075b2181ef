package io.litoperator.worker.cli;

import io.litoperator.worker.data.labels.Templates;
import io.litoperator.worker.plan.*;
import io.litoperator.worker.plan.job.JobFile;
import io.litoperator.worker.report.*;
import io.litoperator.worker.run.*;
import java.nio.file.Path;
import java.util.*;

public class Lit {
  public static void main(String[] a) {
    if (a[0].equals("rank")) {
      System.exit(RankRun.run(Path.of(a[2]), System.getenv()).code());
    }
    Path job = Path.of(a[1]).toAbsolutePath();
    Path out = Path.of(a[2]).toAbsolutePath();
    Overrides o = new Overrides(Optional.empty(), OptionalLong.empty(), Optional.of(out));
    RunPlan plan =
        new Planner(n -> n.equals("paper") ? Templates.paper() : Templates.paperLlavaNext())
            .plan(JobFile.read(job), job.getParent(), o);
    List<Objective> cmp = new ArrayList<>();
    if (a.length > 3 && !a[3].isEmpty())
      for (String s : a[3].split(",")) cmp.add(Objective.valueOf(s));
    int seeds = a.length > 4 ? Integer.parseInt(a[4]) : 1;
    try (Terminal t = new Terminal(System.out, Screen.detect())) {
      System.exit(new LocalRun(plan, new LocalRun.Options(out, cmp, seeds, false), t).run().code());
    }
  }
}
