"""Progress of a training run for people: a bar with the named losses, and TensorBoard scalars. Knows records only."""

from pathlib import Path

from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from sanet.training.trainer import StepRecord, Trainer


class Log:
    """Callback: a progress bar with running means of the named losses, and TensorBoard scalars every ten steps."""

    def __init__(self, out: Path, steps: int) -> None:
        self.writer = SummaryWriter(str(out / "logs"))
        self.bar = tqdm(total=steps, unit="step", mininterval=5.0, dynamic_ncols=False, ncols=160)
        self.means: dict[str, float] = {}

    def __call__(self, trainer: Trainer, record: StepRecord) -> None:
        self.means = running_means(self.means, record)
        self.bar.update(record.step - self.bar.n)
        if record.step % 10 == 0 or record.last:
            self.bar.set_postfix({name: f"{value:.4g}" for name, value in self.means.items()}, refresh=False)
            for name, value in {**record.terms, "gradient norm": record.gradient_norm, "rate": record.rate}.items():
                self.writer.add_scalar(name, value, record.step)
        if record.last:
            self.bar.close()
            self.writer.close()


def running_means(means: dict[str, float], record: StepRecord, share: float = 0.01) -> dict[str, float]:
    """Exponential means of the terms, a skipped step left out."""
    if record.skipped:
        return means
    return {name: means.get(name, value) * (1 - share) + value * share for name, value in record.terms.items()}
