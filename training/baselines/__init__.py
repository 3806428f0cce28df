"""What our network is measured against: fitted on train, threshold from dev, applied to test.

`harness` runs one; `texture` is the classical reference, `frame` what the field's open tools are, `motion`
the evidence that the verdict rule has without any network.
"""
