"""`python -m services.cli.make_certificate FOLDER NAME`: a certificate for one server, made once.

Writes `ca.pem`, `node.pem` and `node.key`. The authority's own key is never written: it signs this
one certificate and is forgotten. To renew, remove the folder and restart server and clients.
"""

import sys
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=3650)


def main() -> None:
    folder, name = Path(sys.argv[1]), sys.argv[2]
    if (folder / "node.pem").exists():
        print(f"{folder} has its certificate")
        return
    make_certificate(folder, name)
    print(f"made a certificate for {name} in {folder}")


def make_certificate(folder: Path, name: str) -> None:
    """The certificate is written last: where it is, the rest is."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = _name("Dateline authority")
    authority = _signed(
        _builder(issuer, issuer, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_certificate_signing(), critical=True),
        authority_key,
    )
    node = _signed(
        _builder(_name(name), issuer, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_addresses(name), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()),
            critical=False,
        ),
        authority_key,
    )
    _write(folder / "ca.pem", authority.public_bytes(serialization.Encoding.PEM), 0o644)
    _write(folder / "node.key", _pem(key), 0o600)
    _write(folder / "node.pem", node.public_bytes(serialization.Encoding.PEM), 0o644)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _addresses(name: str) -> x509.SubjectAlternativeName:
    here = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    return x509.SubjectAlternativeName([x509.DNSName(name), *here])


def _certificate_signing() -> x509.KeyUsage:
    # Python 3.13's strict verification wants it stated.
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
    path.chmod(mode)


if __name__ == "__main__":
    main()
